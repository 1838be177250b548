package io.asynctools.api.strangers;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.util.List;

/** Strategies of other people's, good ones and bad ones. */
public final class StrangeProviders {
  private StrangeProviders() {}

  abstract static class Plain<T> implements LimiterProvider<T> {
    @Override
    public List<ConfigOption<?>> options() {
      return List.of();
    }
  }

  abstract static class OfLimiters extends Plain<AsyncRateLimiter> {
    @Override
    public Class<AsyncRateLimiter> type() {
      return AsyncRateLimiter.class;
    }

    @Override
    public AsyncRateLimiter create(LimiterConfig config) {
      return new StrangeLimiter(config.environment().name().orElse(name()), task -> {});
    }
  }

  /** Has taken a name that another has too. */
  public static final class SameName extends OfLimiters {
    @Override
    public String name() {
      return "strange";
    }
  }

  public static final class Keyed extends Plain<KeyedRateLimiter<?>> {
    @Override
    public String name() {
      return "strange-keyed";
    }

    @Override
    public Class<? super KeyedRateLimiter<?>> type() {
      return KeyedRateLimiter.class;
    }

    @Override
    public KeyedRateLimiter<?> create(LimiterConfig config) {
      return new KeyedRateLimiter<Object>() {
        @Override
        public AsyncRateLimiter forKey(Object key) {
          return new StrangeLimiter("key " + key, task -> {});
        }

        @Override
        public void close() {}
      };
    }
  }

  /** What it makes is a limiter, but only a policy is promised. */
  public static final class Policy extends Plain<AsyncPolicy> {
    @Override
    public String name() {
      return "strange-policy";
    }

    @Override
    public Class<AsyncPolicy> type() {
      return AsyncPolicy.class;
    }

    @Override
    public AsyncPolicy create(LimiterConfig config) {
      return AsyncPolicy.compose(
          new StrangeLimiter("a", task -> {}), new StrangeLimiter("b", task -> {}));
    }
  }

  public static final class MakesNothing extends OfLimiters {
    @Override
    public String name() {
      return "makes-nothing";
    }

    @Override
    public AsyncRateLimiter create(LimiterConfig config) {
      return null;
    }
  }

  public static final class LacksItsDriver extends OfLimiters {
    @Override
    public String name() {
      return "lacks-its-driver";
    }

    @Override
    public AsyncRateLimiter create(LimiterConfig config) {
      throw new NoClassDefFoundError("com/example/Driver");
    }
  }

  public static final class ThrowsWhenMade extends OfLimiters {
    public ThrowsWhenMade() {
      throw new IllegalStateException("no licence found");
    }

    @Override
    public String name() {
      return "throws-when-made";
    }
  }

  public static final class ThrowsWhenAsked extends OfLimiters {
    @Override
    public String name() {
      throw new AssertionError("my name is nobody's business");
    }
  }

  public static final class Nameless extends OfLimiters {
    @Override
    public String name() {
      return null;
    }
  }

  public static final class Shouts extends OfLimiters {
    @Override
    public String name() {
      return "STRANGE_LIMITER";
    }
  }

  /** Stands in the services file, but is no provider. */
  public static final class NoProvider {}

  /** Is left out of the jar. */
  public abstract static class Absent extends OfLimiters {}

  public static final class LacksItsParent extends Absent {
    @Override
    public String name() {
      return "lacks-its-parent";
    }
  }
}
