package io.asynctools.retry;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.RejectedException;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.UserCode;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a retry decides by, whatever the call and however it runs: which outcomes ask for another
 * attempt, how long to wait for it, how long an attempt may take. Immutable, and shared by all
 * calls; where one call stands is in its {@link RetryRun}.
 */
final class RetryRules {
  static final long UNLIMITED = Long.MAX_VALUE;
  private static final long CENTURY = Long.MAX_VALUE / 2; // half the range: differences may wrap

  final String name;
  final TimeSource time;
  final Executor executor;
  final Backoff backoff;
  final int maxAttempts;
  private final RetryConfig config;
  private final long attemptNanos;
  private final long totalNanos;
  private final UserCode retryIf;
  private final UserCode retryIfResult;
  private final UserCode delay;
  private final UserCode onRetry;

  RetryRules(RetryConfig config, LimiterEnvironment environment, DoubleSupplier random) {
    this.config = config;
    this.name = environment.name().orElse(RetryProvider.NAME);
    this.time = environment.timeSource();
    this.executor = environment.executor();
    this.backoff =
        new Backoff(
            RetryConfig.nanosOf(config.initialDelay()),
            RetryConfig.nanosOf(config.maxDelay()),
            config.multiplier(),
            config.jitter(),
            random);
    this.maxAttempts = config.maxAttempts();
    this.attemptNanos = limit(config.attemptTimeout());
    this.totalNanos = limit(config.totalTimeout());
    this.retryIf = new UserCode("retryIf", name);
    this.retryIfResult = new UserCode("retryIfResult", name);
    this.delay = new UserCode("delay", name);
    this.onRetry = new UserCode("onRetry", name);
  }

  private static long limit(@Nullable Duration timeout) {
    return timeout == null ? UNLIMITED : Math.min(RetryConfig.nanosOf(timeout), CENTURY);
  }

  // ---- Which outcomes ask for another attempt

  /** A value is looked at only where there is no error. */
  boolean askForRetry(@Nullable Throwable error, @Nullable Object result) {
    return error == null ? resultAsks(result) : errorAsks(error);
  }

  boolean looksAtResults() {
    return config.retryIfResult() != null;
  }

  private boolean resultAsks(@Nullable Object result) {
    var predicate = config.retryIfResult();
    return predicate != null && retryIfResult.ask(() -> predicate.test(result), false);
  }

  private boolean errorAsks(Throwable error) {
    if (error instanceof Error || Failures.isCancel(error)) {
      return false;
    }
    var classes = config.retryOn();
    var predicate = config.retryIf();
    if (classes == null && predicate == null) {
      return error instanceof Exception && !(error instanceof RejectedException);
    }
    return (classes != null && classes.stream().anyMatch(named -> named.isInstance(error)))
        || (predicate != null && retryIf.ask(() -> predicate.test(error), false));
  }

  // ---- How long to wait for it

  /** What the backoff says, unless a refusal says more, unless the user's function has a say. */
  long delayNanos(
      @Nullable Throwable error, @Nullable Object result, int nextAttempt, long backedOff) {
    long computed = backedOff;
    if (error instanceof RejectedException refused) {
      computed = Math.max(computed, refused.retryAfter().map(RetryConfig::nanosOf).orElse(0L));
    }
    DelayFunction function = config.delay();
    if (function == null) {
      return computed;
    }
    Duration proposed = Duration.ofNanos(computed);
    Duration chosen =
        delay.ask(
            () ->
                requireNonNull(
                    function.delay(error, result, nextAttempt, proposed), "the delay was null"),
            proposed);
    return Math.max(RetryConfig.nanosOf(chosen), 0);
  }

  void tell(@Nullable Throwable error, int nextAttempt, long nanos) {
    RetryListener listener = config.onRetry();
    if (listener != null) {
      onRetry.run(() -> listener.onRetry(error, nextAttempt, Duration.ofNanos(nanos)));
    }
  }

  // ---- The time, and what may be spent

  /** A call begins: gives the time, which is read only where somebody will ask for it. */
  long begin() {
    RetryBudget budget = config.budget();
    if (budget == null && !hasDeadline()) {
      return 0;
    }
    long now = time.nanoTime();
    if (budget != null) {
      budget.called(now);
    }
    return now;
  }

  boolean budgetAllows() {
    RetryBudget budget = config.budget();
    return budget == null || budget.tryRetry(time.nanoTime());
  }

  boolean hasDeadline() {
    return totalNanos != UNLIMITED;
  }

  /** What is left of the time for a call in all; zero or less once it has passed. */
  long nanosLeft(long begun) {
    return hasDeadline() ? begun + totalNanos - time.nanoTime() : UNLIMITED;
  }

  /** How long an attempt of a call may take that starts now. */
  long attemptNanos(long begun) {
    return Math.min(attemptNanos, nanosLeft(begun));
  }

  /** What an attempt ends with whose time has just passed. */
  TimeoutException timeout(long begun, int attempt) {
    String late = "retry '" + name + "': attempt " + attempt + " had not ended ";
    return new TimeoutException(
        nanosLeft(begun) <= 0
            ? late + "when the call's totalTimeout of " + config.totalTimeout() + " had passed"
            : late + "after its attemptTimeout of " + config.attemptTimeout());
  }
}
