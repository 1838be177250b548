package io.asynctools.circuitbreaker;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a breaker is built with, checked; null where an option was not given. Without a window the
 * consecutive failures count, with one its rates do.
 */
record BreakerConfig(
    @Nullable Integer failureThreshold,
    Duration timeout,
    int halfOpenMaxCalls,
    @Nullable Duration probeTimeout,
    @Nullable Integer countWindow,
    @Nullable Duration timeWindow,
    @Nullable Double failureRateThreshold,
    @Nullable Integer minimumCalls,
    @Nullable Duration slowCallDuration,
    @Nullable Double slowCallRateThreshold,
    @Nullable Integer halfOpenSuccesses,
    @Nullable Integer halfOpenMinimumCalls,
    @Nullable Double halfOpenFailureRateThreshold,
    @Nullable Boolean slowProbesFail,
    @Nullable Double timeoutMultiplier,
    @Nullable Duration maxTimeout,
    @Nullable TimeoutFunction timeoutFunction) {
  static final int FAILURE_THRESHOLD = 5;
  static final Duration MAX_TIMEOUT = Duration.ofHours(1);
  static final double FAILURE_RATE = 0.5;
  static final double SLOW_RATE = 1.0;
  static final int MINIMUM_CALLS = 10;
  private static final int MOST_PROBES = 10_000;

  BreakerConfig {
    requireNonNull(timeout, "timeout");
    between("failureThreshold", failureThreshold, Integer.MAX_VALUE);
    positive("timeout", timeout);
    between("halfOpenMaxCalls", halfOpenMaxCalls, MOST_PROBES);
    positive("probeTimeout", probeTimeout);
    between("countWindow", countWindow, CountWindow.LARGEST);
    positive("timeWindow", timeWindow);
    fraction("failureRateThreshold", failureRateThreshold);
    between("minimumCalls", minimumCalls, Integer.MAX_VALUE);
    positive("slowCallDuration", slowCallDuration);
    fraction("slowCallRateThreshold", slowCallRateThreshold);
    between("halfOpenSuccesses", halfOpenSuccesses, MOST_PROBES);
    between("halfOpenMinimumCalls", halfOpenMinimumCalls, MOST_PROBES);
    fraction("halfOpenFailureRateThreshold", halfOpenFailureRateThreshold);
    positive("maxTimeout", maxTimeout);
    checkWindow(
        failureThreshold,
        countWindow,
        timeWindow,
        failureRateThreshold,
        minimumCalls,
        slowCallDuration,
        slowCallRateThreshold,
        slowProbesFail);
    checkProbes(halfOpenSuccesses, halfOpenMinimumCalls, halfOpenFailureRateThreshold);
    checkTimeout(timeout, timeoutMultiplier, maxTimeout, timeoutFunction != null);
  }

  private static void checkWindow(
      @Nullable Integer failureThreshold,
      @Nullable Integer countWindow,
      @Nullable Duration timeWindow,
      @Nullable Double failureRateThreshold,
      @Nullable Integer minimumCalls,
      @Nullable Duration slowCallDuration,
      @Nullable Double slowCallRateThreshold,
      @Nullable Boolean slowProbesFail) {
    if (countWindow != null && timeWindow != null) {
      throw new IllegalArgumentException(
          "countWindow and timeWindow exclude each other, were "
              + countWindow
              + " and "
              + timeWindow
              + "; give one of them");
    }
    if (countWindow == null && timeWindow == null) {
      needsWindow("failureRateThreshold", failureRateThreshold);
      needsWindow("minimumCalls", minimumCalls);
      needsWindow("slowCallDuration", slowCallDuration);
      needsWindow("slowCallRateThreshold", slowCallRateThreshold);
      needsWindow("slowProbesFail", slowProbesFail);
    } else if (failureThreshold != null) {
      throw new IllegalArgumentException(
          "failureThreshold does nothing beside "
              + (countWindow != null ? "countWindow" : "timeWindow")
              + ", was "
              + failureThreshold
              + "; with a window, failureRateThreshold opens the breaker: leave out one of the two");
    }
    if (countWindow != null && minimumCalls != null && minimumCalls > countWindow) {
      throw new IllegalArgumentException(
          "minimumCalls must be at most countWindow (" + countWindow + "), was " + minimumCalls);
    }
    if (slowCallRateThreshold != null && slowCallDuration == null) {
      throw new IllegalArgumentException(
          "slowCallRateThreshold needs slowCallDuration, was "
              + slowCallRateThreshold
              + " without it; give both or neither");
    }
    if (slowProbesFail != null && slowCallDuration == null) {
      throw new IllegalArgumentException(
          "slowProbesFail needs slowCallDuration, was "
              + slowProbesFail
              + " without it; give both or neither");
    }
  }

  private static void checkProbes(
      @Nullable Integer successes, @Nullable Integer calls, @Nullable Double rate) {
    if (successes != null && (calls != null || rate != null)) {
      throw new IllegalArgumentException(
          "halfOpenSuccesses does nothing beside "
              + (calls != null ? "halfOpenMinimumCalls" : "halfOpenFailureRateThreshold")
              + ", was "
              + successes
              + "; either a number of successes closes the breaker or a rate does");
    }
    if (rate == null && calls != null) {
      throw new IllegalArgumentException(
          "halfOpenMinimumCalls needs halfOpenFailureRateThreshold, was "
              + calls
              + " without it; give both or neither");
    }
    if (rate != null && calls == null) {
      throw new IllegalArgumentException(
          "halfOpenFailureRateThreshold needs halfOpenMinimumCalls, was "
              + rate
              + " without it; give both or neither");
    }
  }

  private static void checkTimeout(
      Duration timeout,
      @Nullable Double multiplier,
      @Nullable Duration maxTimeout,
      boolean followsFailure) {
    if (multiplier != null && !(multiplier > 1 && multiplier <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "timeoutMultiplier must be above 1 and finite, was "
              + multiplier
              + "; leave it out if the timeout is not to grow");
    }
    if (maxTimeout == null) {
      return;
    }
    if (multiplier == null && !followsFailure) {
      throw new IllegalArgumentException(
          "maxTimeout needs timeoutMultiplier or a timeoutFunction, was "
              + maxTimeout
              + " with a timeout that never grows; give both or neither");
    }
    int more = maxTimeout.compareTo(timeout);
    if (more < 0 || (more == 0 && !followsFailure)) {
      throw new IllegalArgumentException(
          "maxTimeout must be above timeout (" + timeout + "), was " + maxTimeout);
    }
  }

  private static void between(String option, @Nullable Integer value, int most) {
    if (value != null && (value < 1 || value > most)) {
      throw new IllegalArgumentException(
          option
              + " must be "
              + (most == Integer.MAX_VALUE ? "at least 1" : "between 1 and " + most)
              + ", was "
              + value);
    }
  }

  private static void positive(String option, @Nullable Duration value) {
    if (value != null && (value.isNegative() || value.isZero())) {
      throw new IllegalArgumentException(option + " must be positive, was " + value);
    }
  }

  private static void fraction(String option, @Nullable Double value) {
    if (value != null && !(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(
          option + " must be above 0 and at most 1, was " + value + "; 0.5 is one half");
    }
  }

  private static void needsWindow(String option, @Nullable Object value) {
    if (value != null) {
      throw new IllegalArgumentException(
          option + " needs countWindow or timeWindow, was " + value + " without a window");
    }
  }
}
