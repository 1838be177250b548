package io.asynctools.circuitbreaker;

import com.google.auto.service.AutoService;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Finds the circuit breaker by its name, {@code circuit-breaker}. */
@AutoService(LimiterProvider.class)
@SuppressWarnings({
  "rawtypes",
  "exports"
}) // a service has no type arguments; nobody sees the annotation at run time
public final class CircuitBreakerProvider implements LimiterProvider<CircuitBreaker> {
  static final String NAME = "circuit-breaker";

  static final ConfigOption<Integer> FAILURE_THRESHOLD =
      ConfigOption.of(
          "failure-threshold",
          Integer.class,
          null,
          "without a window: how many failures in a row open it; "
              + BreakerConfig.FAILURE_THRESHOLD
              + " by default");
  static final ConfigOption<Duration> TIMEOUT =
      ConfigOption.of("timeout", Duration.class, Duration.ofSeconds(60), "how long it stays open");
  static final ConfigOption<Integer> HALF_OPEN_MAX_CALLS =
      ConfigOption.of(
          "half-open-max-calls", Integer.class, 1, "how many probes may be out at a time");
  static final ConfigOption<Duration> PROBE_TIMEOUT =
      ConfigOption.of(
          "probe-timeout",
          Duration.class,
          null,
          "how long a probe keeps its slot; the timeout by default");
  static final ConfigOption<Integer> COUNT_WINDOW =
      ConfigOption.of(
          "count-window", Integer.class, null, "watch the rates of the last so many calls");
  static final ConfigOption<Duration> TIME_WINDOW =
      ConfigOption.of(
          "time-window", Duration.class, null, "watch the rates of the calls of the last so long");
  static final ConfigOption<Double> FAILURE_RATE_THRESHOLD =
      ConfigOption.of(
          "failure-rate-threshold",
          Double.class,
          null,
          "with a window: the share of failures that opens it; 0.5 by default");
  static final ConfigOption<Integer> MINIMUM_CALLS =
      ConfigOption.of(
          "minimum-calls",
          Integer.class,
          null,
          "with a window: how many calls make a rate; 10 by default, or the window if smaller");
  static final ConfigOption<Duration> SLOW_CALL_DURATION =
      ConfigOption.of(
          "slow-call-duration",
          Duration.class,
          null,
          "with a window: a call that takes so long is slow; none by default");
  static final ConfigOption<Double> SLOW_CALL_RATE_THRESHOLD =
      ConfigOption.of(
          "slow-call-rate-threshold",
          Double.class,
          null,
          "with slow-call-duration: the share of slow calls that opens it; 1.0 by default");

  static final ConfigOption<Integer> HALF_OPEN_SUCCESSES =
      ConfigOption.of(
          "half-open-successes",
          Integer.class,
          null,
          "how many probes must succeed to close it, where one failure opens it; 1 by default");
  static final ConfigOption<Integer> HALF_OPEN_MINIMUM_CALLS =
      ConfigOption.of(
          "half-open-minimum-calls",
          Integer.class,
          null,
          "how many probes make a rate that closes or opens it, in place of half-open-successes");
  static final ConfigOption<Double> HALF_OPEN_FAILURE_RATE_THRESHOLD =
      ConfigOption.of(
          "half-open-failure-rate-threshold",
          Double.class,
          null,
          "with half-open-minimum-calls: the share of failed probes that opens it again");
  static final ConfigOption<Boolean> SLOW_PROBES_FAIL =
      ConfigOption.of(
          "slow-probes-fail",
          Boolean.class,
          null,
          "with slow-call-duration: whether a slow probe counts as failed; true by default");
  static final ConfigOption<Double> TIMEOUT_MULTIPLIER =
      ConfigOption.of(
          "timeout-multiplier",
          Double.class,
          null,
          "multiplies the timeout each time a probe opens it again; none by default");
  static final ConfigOption<Duration> MAX_TIMEOUT =
      ConfigOption.of(
          "max-timeout",
          Duration.class,
          null,
          "bounds a timeout that grows; the longer of 1 h and the timeout by default");

  /** For {@link java.util.ServiceLoader}. */
  public CircuitBreakerProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<AsyncRateLimiter> type() {
    return AsyncRateLimiter.class;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(
        FAILURE_THRESHOLD,
        TIMEOUT,
        HALF_OPEN_MAX_CALLS,
        PROBE_TIMEOUT,
        COUNT_WINDOW,
        TIME_WINDOW,
        FAILURE_RATE_THRESHOLD,
        MINIMUM_CALLS,
        SLOW_CALL_DURATION,
        SLOW_CALL_RATE_THRESHOLD,
        HALF_OPEN_SUCCESSES,
        HALF_OPEN_MINIMUM_CALLS,
        HALF_OPEN_FAILURE_RATE_THRESHOLD,
        SLOW_PROBES_FAIL,
        TIMEOUT_MULTIPLIER,
        MAX_TIMEOUT);
  }

  @Override
  public CircuitBreaker create(LimiterConfig config) {
    return prepare(config).get();
  }

  /** All the breakers share one rule. */
  @Override
  public Supplier<CircuitBreaker> prepare(LimiterConfig config) {
    LimiterEnvironment environment = config.environment();
    BreakerConfig options =
        new BreakerConfig(
            config.get(FAILURE_THRESHOLD),
            config.get(TIMEOUT),
            config.get(HALF_OPEN_MAX_CALLS),
            config.get(PROBE_TIMEOUT),
            config.get(COUNT_WINDOW),
            config.get(TIME_WINDOW),
            config.get(FAILURE_RATE_THRESHOLD),
            config.get(MINIMUM_CALLS),
            config.get(SLOW_CALL_DURATION),
            config.get(SLOW_CALL_RATE_THRESHOLD),
            config.get(HALF_OPEN_SUCCESSES),
            config.get(HALF_OPEN_MINIMUM_CALLS),
            config.get(HALF_OPEN_FAILURE_RATE_THRESHOLD),
            config.get(SLOW_PROBES_FAIL),
            config.get(TIMEOUT_MULTIPLIER),
            config.get(MAX_TIMEOUT),
            null);
    BreakerRule rule =
        new BreakerRule(
            options, CircuitBreaker.nameIn(environment), null, null, System.Logger.Level.INFO);
    return () -> new CircuitBreaker(rule, environment, List.of());
  }
}
