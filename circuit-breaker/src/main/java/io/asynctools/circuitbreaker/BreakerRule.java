package io.asynctools.circuitbreaker;

import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.UserCode;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a breaker decides by: when it trips, what is a failure, how long its states last. No state
 * of its own: shared by all breakers that are built alike.
 */
final class BreakerRule {
  static final long NEVER = Long.MAX_VALUE;

  final int failureThreshold;
  final int halfOpenMaxCalls;
  final long timeoutNanos;
  final long probeTimeoutNanos;
  final int countWindow; // 0 for none
  final long timeWindowNanos; // 0 for none
  final long slowNanos; // NEVER if no call is slow
  final long idleNanos; // a CLOSED breaker that has heard nothing for so long may be forgotten
  final boolean judgesResults;
  private final int minimumCalls;
  private final double failureRate;
  private final double slowRate;
  private final @Nullable Predicate<? super Throwable> failureIf;
  private final @Nullable Predicate<? super @Nullable Object> failureIfResult;
  private final UserCode guardedFailureIf;
  private final UserCode guardedFailureIfResult;

  BreakerRule(
      BreakerConfig config,
      String name,
      @Nullable Predicate<? super Throwable> failureIf,
      @Nullable Predicate<? super @Nullable Object> failureIfResult) {
    this.failureThreshold = config.failureThreshold();
    this.halfOpenMaxCalls = config.halfOpenMaxCalls();
    this.timeoutNanos = nanos(config.timeout());
    this.probeTimeoutNanos = nanos(or(config.probeTimeout(), config.timeout()));
    this.countWindow = or(config.countWindow(), 0);
    this.timeWindowNanos = config.timeWindow() == null ? 0 : nanos(config.timeWindow());
    this.slowNanos = config.slowCallDuration() == null ? NEVER : nanos(config.slowCallDuration());
    this.idleNanos = Math.max(timeoutNanos, timeWindowNanos);
    int usual = BreakerConfig.MINIMUM_CALLS;
    this.minimumCalls =
        or(config.minimumCalls(), countWindow == 0 ? usual : Math.min(usual, countWindow));
    this.failureRate = or(config.failureRateThreshold(), BreakerConfig.FAILURE_RATE);
    this.slowRate = or(config.slowCallRateThreshold(), BreakerConfig.SLOW_RATE);
    this.failureIf = failureIf;
    this.failureIfResult = failureIfResult;
    this.judgesResults = failureIfResult != null;
    this.guardedFailureIf = new UserCode("recordFailureIf", name);
    this.guardedFailureIfResult = new UserCode("recordFailureIfResult", name);
  }

  boolean hasWindow() {
    return countWindow > 0 || timeWindowNanos > 0;
  }

  /** Whether the outcomes of a window open the breaker. */
  boolean trips(long calls, long failures, long slow) {
    return isMeaningful(calls)
        && ((double) failures / calls >= failureRate
            || (slowNanos != NEVER && (double) slow / calls >= slowRate));
  }

  /** Whether so many calls make a rate. */
  boolean isMeaningful(long calls) {
    return calls >= minimumCalls;
  }

  /** Whether an error is the callee's failure; a cancel never is. */
  boolean isFailure(Throwable error) {
    Predicate<? super Throwable> says = failureIf;
    if (says == null) {
      return !(error instanceof RejectedException); // of a policy inside: not about the callee
    }
    return guardedFailureIf.ask(() -> says.test(error), true);
  }

  /** Whether a value is the callee's failure. */
  boolean isFailedResult(@Nullable Object result) {
    Predicate<? super @Nullable Object> says = failureIfResult;
    return says != null && guardedFailureIfResult.ask(() -> says.test(result), true);
  }

  private static <T> T or(@Nullable T given, T usual) {
    return given == null ? usual : given;
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return NEVER; // 292 years
    }
  }
}
