package io.asynctools.retry;

import com.google.auto.service.AutoService;
import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the retry by its name, {@code retry}. */
@AutoService(LimiterProvider.class)
@SuppressWarnings({
  "rawtypes",
  "exports"
}) // a service has no type arguments; nobody sees the annotation at run time
public final class RetryProvider implements LimiterProvider<Retry> {
  static final String NAME = "retry";

  static final ConfigOption<Integer> MAX_ATTEMPTS =
      ConfigOption.of(
          "max-attempts", Integer.class, 3, "how often a call is made at most, the first included");
  static final ConfigOption<Duration> INITIAL_DELAY =
      ConfigOption.of(
          "initial-delay",
          Duration.class,
          Duration.ofSeconds(1),
          "how long to wait before the second attempt");
  static final ConfigOption<Duration> MAX_DELAY =
      ConfigOption.of(
          "max-delay",
          Duration.class,
          null,
          "the longest that delays grow to; by default 1 minute, or initial-delay if that is"
              + " longer");
  static final ConfigOption<Double> MULTIPLIER =
      ConfigOption.of(
          "multiplier",
          Double.class,
          2.0,
          "by what each delay is longer than the last; not with jitter decorrelated");
  static final ConfigOption<Jitter> JITTER =
      ConfigOption.of(
          "jitter",
          Jitter.class,
          Jitter.NONE,
          "how chance spreads the delays: none, full, equal or decorrelated");
  static final ConfigOption<Duration> ATTEMPT_TIMEOUT =
      ConfigOption.of(
          "attempt-timeout",
          Duration.class,
          null,
          "how long an attempt may take once it has started; at most total-timeout; unbounded by"
              + " default");
  static final ConfigOption<Duration> TOTAL_TIMEOUT =
      ConfigOption.of(
          "total-timeout",
          Duration.class,
          null,
          "how long all attempts and delays may take together; a call that blocks before it gives"
              + " its stage holds its caller longer; unbounded by default");
  static final ConfigOption<String> RETRY_ON =
      ConfigOption.of(
          "retry-on",
          String.class,
          null,
          "class names of the errors to retry, separated by commas; by default every exception but"
              + " refusals");
  static final ConfigOption<Double> BUDGET_SHARE =
      ConfigOption.of(
          "budget-share",
          Double.class,
          null,
          "how many retries each call brings, up to 1; no budget by default");
  static final ConfigOption<Rate> BUDGET_FLOOR =
      ConfigOption.of(
          "budget-floor",
          Rate.class,
          null,
          "how many retries there are besides; 1/s by default, if there is a budget");

  private static final Rate DEFAULT_FLOOR = Rate.perSecond(1);

  /** For {@link java.util.ServiceLoader}. */
  public RetryProvider() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Class<AsyncPolicy> type() {
    return AsyncPolicy.class;
  }

  @Override
  public List<ConfigOption<?>> options() {
    return List.of(
        MAX_ATTEMPTS,
        INITIAL_DELAY,
        MAX_DELAY,
        MULTIPLIER,
        JITTER,
        ATTEMPT_TIMEOUT,
        TOTAL_TIMEOUT,
        RETRY_ON,
        BUDGET_SHARE,
        BUDGET_FLOOR);
  }

  @Override
  public Retry create(LimiterConfig config) {
    Retry.Builder builder =
        Retry.builder().maxAttempts(config.get(MAX_ATTEMPTS)).environment(config.environment());
    if (isGiven(config, INITIAL_DELAY)) {
      builder.initialDelay(config.get(INITIAL_DELAY));
    }
    Duration maxDelay = config.get(MAX_DELAY);
    if (maxDelay != null) {
      builder.maxDelay(maxDelay);
    }
    if (isGiven(config, MULTIPLIER)) {
      builder.multiplier(config.get(MULTIPLIER));
    }
    if (isGiven(config, JITTER)) {
      builder.jitter(config.get(JITTER));
    }
    Duration attemptTimeout = config.get(ATTEMPT_TIMEOUT);
    if (attemptTimeout != null) {
      builder.attemptTimeout(attemptTimeout);
    }
    Duration totalTimeout = config.get(TOTAL_TIMEOUT);
    if (totalTimeout != null) {
      builder.totalTimeout(totalTimeout);
    }
    String retryOn = config.get(RETRY_ON);
    if (retryOn != null) {
      builder.retryOn(ErrorNames.parse(retryOn));
    }
    RetryBudget budget = budget(config.get(BUDGET_SHARE), config.get(BUDGET_FLOOR));
    if (budget != null) {
      builder.budget(budget);
    }
    return builder.build();
  }

  private static @Nullable RetryBudget budget(@Nullable Double share, @Nullable Rate floor) {
    if (share == null) {
      if (floor != null) {
        throw new IllegalArgumentException(
            "budgetFloor needs budgetShare, was " + floor + " alone; give budgetShare, 0.2 say");
      }
      return null;
    }
    if (!(share > 0 && share <= 1)) { // here too, since the budget does not know the option's name
      throw new IllegalArgumentException("budgetShare must be over 0 and at most 1, was " + share);
    }
    return RetryBudget.of(share, floor == null ? DEFAULT_FLOOR : floor);
  }

  private static boolean isGiven(LimiterConfig config, ConfigOption<?> option) {
    return config.text(option.name()) != null;
  }
}
