package io.asynctools.circuitbreaker;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a breaker is built with, checked; null where an option was not given. Without a window the
 * consecutive failures count, with one its rates do.
 */
record BreakerConfig(
    int failureThreshold,
    Duration timeout,
    int halfOpenMaxCalls,
    @Nullable Duration probeTimeout,
    @Nullable Integer countWindow,
    @Nullable Duration timeWindow,
    @Nullable Double failureRateThreshold,
    @Nullable Integer minimumCalls,
    @Nullable Duration slowCallDuration,
    @Nullable Double slowCallRateThreshold) {
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
