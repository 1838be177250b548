package io.asynctools.api.strangers;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.time.Duration;
import java.util.List;

/** A strategy of somebody else's. Its builder, so to speak, knows its options as Java does. */
public class StrangeProvider implements LimiterProvider<AsyncRateLimiter> {
  private static final ConfigOption<Rate> RATE =
      ConfigOption.of("rate", Rate.class, Rate.perSecond(1), "how many a second");
  private static final ConfigOption<Duration> MAX_WAIT =
      ConfigOption.of("max-wait", Duration.class, Duration.ZERO, "the longest wait");
  private static final ConfigOption<Integer> HALF_OPEN_MAX_CALLS =
      ConfigOption.of("half-open-max-calls", Integer.class, 1, "how many may probe");
  private static final ConfigOption<String> LIMITER =
      ConfigOption.of("limiter.*", String.class, null, "options of what is inside");

  @Override
  public String name() {
    return "strange";
  }

  @Override
  public Class<AsyncRateLimiter> type() {
    return AsyncRateLimiter.class;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(RATE, MAX_WAIT, HALF_OPEN_MAX_CALLS, LIMITER);
  }

  @Override
  public AsyncRateLimiter create(LimiterConfig config) {
    config.get(RATE);
    Duration maxWait = config.get(MAX_WAIT);
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait must not be negative, was " + maxWait);
    }
    int calls = config.get(HALF_OPEN_MAX_CALLS);
    if (calls == 0) {
      throw new IllegalArgumentException();
    }
    if (calls < 0) {
      throw new IllegalArgumentException(
          "halfOpenMaxCalls must be at least 1, was " + calls + " (maxWaiters is no option)");
    }
    return new StrangeLimiter(
        config.environment().name().orElse(name()), config.environment().executor());
  }
}
