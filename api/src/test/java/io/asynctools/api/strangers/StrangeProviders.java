package io.asynctools.api.strangers;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

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

  /**
   * Has an option that holds a credential, and says what it was given whatever is wrong with it.
   */
  public static final class Secretive extends Plain<KeyedRateLimiter<?>> {
    private static final ConfigOption<String> URI =
        ConfigOption.required("redis.uri", String.class, "where it is").sensitive();
    private static final ConfigOption<String> LIMITER =
        ConfigOption.of("limiter", String.class, null, "what each key has");

    @Override
    public String name() {
      return "secretive";
    }

    @Override
    public Class<? super KeyedRateLimiter<?>> type() {
      return KeyedRateLimiter.class;
    }

    @Override
    public List<ConfigOption<?>> options() {
      return List.of(
          URI,
          ConfigOption.of("rate", Rate.class, null, "how many"),
          ConfigOption.of("max-wait", Duration.class, null, "how long"),
          ConfigOption.of("max-keys", Integer.class, null, "how many"),
          ConfigOption.of("share", Double.class, null, "how much"),
          ConfigOption.of("capacity", Long.class, null, "how many"),
          ConfigOption.of("cluster", Boolean.class, null, "whether"),
          ConfigOption.of("mode", TimeUnit.class, null, "which"),
          ConfigOption.of("classes", String.class, null, "which"),
          LIMITER,
          ConfigOption.of("limiter.*", String.class, null, "its options"));
    }

    @Override
    public KeyedRateLimiter<?> create(LimiterConfig config) {
      String uri = config.get(URI);
      if (config.isGiven(LIMITER)) {
        AsyncRateLimiter unused = Limiters.nested(config, LIMITER).get();
      }
      if (uri.equals("ok") && config.text("classes") == null) {
        return new Keyed().create(config);
      }
      String wrong = uri.equals("ok") ? config.text("classes") : uri;
      if (wrong.startsWith("throw ")) {
        throw new IllegalStateException("cannot connect to " + wrong);
      }
      String inside = wrong.substring(wrong.indexOf("://") + 1);
      throw new IllegalArgumentException(
          "cannot use " + inside, new IllegalStateException(wrong, new Exception(inside)));
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
