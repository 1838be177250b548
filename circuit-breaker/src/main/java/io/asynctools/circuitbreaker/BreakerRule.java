package io.asynctools.circuitbreaker;

import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.UserCode;
import java.lang.System.Logger.Level;
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
  final int successesToClose; // of probes
  final int failuresToReopen; // of probes
  final int halfOpenMaxCalls;
  final long timeoutNanos;
  final long probeTimeoutNanos;
  final int countWindow; // 0 for none
  final long timeWindowNanos; // 0 for none
  final long slowNanos; // NEVER if no call is slow
  final long idleNanos; // a CLOSED breaker that has heard nothing for so long may be forgotten
  final long slowProbeNanos; // NEVER if slow probes do not fail
  final boolean judgesResults;
  final Level logLevel;
  final double failureRate;
  private final int minimumCalls;
  private final double slowRate;
  private final @Nullable Predicate<? super Throwable> failureIf;
  private final @Nullable Predicate<? super @Nullable Object> failureIfResult;
  private final double timeoutMultiplier; // 1 for a constant time-out
  private final long maxTimeoutNanos;
  private final @Nullable TimeoutFunction timeoutFunction;
  private final UserCode guardedFailureIf;
  private final UserCode guardedFailureIfResult;
  private final UserCode guardedTimeoutFunction;

  BreakerRule(
      BreakerConfig config,
      String name,
      @Nullable Predicate<? super Throwable> failureIf,
      @Nullable Predicate<? super @Nullable Object> failureIfResult,
      Level logLevel) {
    this.failureThreshold = or(config.failureThreshold(), BreakerConfig.FAILURE_THRESHOLD);
    this.halfOpenMaxCalls = config.halfOpenMaxCalls();
    this.timeoutNanos = nanos(config.timeout());
    this.probeTimeoutNanos = nanos(or(config.probeTimeout(), config.timeout()));
    this.countWindow = or(config.countWindow(), 0);
    this.timeWindowNanos = config.timeWindow() == null ? 0 : nanos(config.timeWindow());
    this.slowNanos = config.slowCallDuration() == null ? NEVER : nanos(config.slowCallDuration());
    this.slowProbeNanos = or(config.slowProbesFail(), true) ? slowNanos : NEVER;
    this.idleNanos = Math.max(timeoutNanos, timeWindowNanos);
    int usual = BreakerConfig.MINIMUM_CALLS;
    this.minimumCalls =
        or(config.minimumCalls(), countWindow == 0 ? usual : Math.min(usual, countWindow));
    this.failureRate = or(config.failureRateThreshold(), BreakerConfig.FAILURE_RATE);
    this.slowRate = or(config.slowCallRateThreshold(), BreakerConfig.SLOW_RATE);
    Integer probes = config.halfOpenMinimumCalls();
    Double probeRate = config.halfOpenFailureRateThreshold();
    if (probes == null || probeRate == null) {
      this.failuresToReopen = 1;
      this.successesToClose = or(config.halfOpenSuccesses(), 1);
    } else { // each is reached when the other can no longer be
      this.failuresToReopen = failuresThatMake(probeRate, probes);
      this.successesToClose = probes - failuresToReopen + 1;
    }
    this.timeoutMultiplier = or(config.timeoutMultiplier(), 1.0);
    this.maxTimeoutNanos =
        config.maxTimeout() == null
            ? Math.max(timeoutNanos, nanos(BreakerConfig.MAX_TIMEOUT))
            : nanos(config.maxTimeout());
    this.timeoutFunction = config.timeoutFunction();
    this.logLevel = logLevel;
    this.failureIf = failureIf;
    this.failureIfResult = failureIfResult;
    this.judgesResults = failureIfResult != null;
    this.guardedFailureIf = new UserCode("recordFailureIf", name);
    this.guardedFailureIfResult = new UserCode("recordFailureIfResult", name);
    this.guardedTimeoutFunction = new UserCode("timeoutFunction", name);
  }

  boolean hasWindow() {
    return countWindow > 0 || timeWindowNanos > 0;
  }

  /** Whether the outcomes of a window open the breaker. */
  boolean trips(long calls, long failures, long slow) {
    return isMeaningful(calls)
        && (failsTooOften(calls, failures)
            || (slowNanos != NEVER && (double) slow / calls >= slowRate));
  }

  /** Whether the failure rate of a window reaches its threshold. */
  boolean failsTooOften(long calls, long failures) {
    return (double) failures / calls >= failureRate;
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

  /**
   * Returns how long the breaker stays open.
   *
   * @param reopenings how often a probe has opened it again since it was last closed
   */
  long openNanos(int reopenings, Trip trip) {
    long asked = askedNanos(trip);
    if (asked > 0) {
      return Math.min(asked, maxTimeoutNanos);
    }
    if (reopenings == 0 || timeoutMultiplier == 1) {
      return timeoutNanos;
    }
    double grown = timeoutNanos * Math.pow(timeoutMultiplier, reopenings);
    return grown < maxTimeoutNanos ? (long) grown : maxTimeoutNanos;
  }

  /** What the user's function says; 0 or less if it leaves that to the rule. */
  private long askedNanos(Trip trip) {
    TimeoutFunction function = timeoutFunction;
    if (function == null || trip.slow()) {
      return 0;
    }
    Throwable error = trip.error();
    Throwable cause = error == null ? null : Failures.cause(error);
    return guardedTimeoutFunction.ask(
        () -> {
          Duration asked = function.timeout(cause, trip.result());
          return asked == null || asked.isNegative() ? 0 : nanos(asked);
        },
        0L);
  }

  /** Returns the smallest number of failures among the calls whose rate reaches the threshold. */
  private static int failuresThatMake(double rate, int calls) {
    int failures = Math.max((int) (rate * calls), 1);
    while ((double) failures / calls < rate) {
      failures++;
    }
    while (failures > 1 && (double) (failures - 1) / calls >= rate) {
      failures--;
    }
    return failures;
  }

  private static <T> T or(@Nullable T given, T usual) {
    return given == null ? usual : given;
  }

  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return NEVER; // 292 years
    }
  }
}
