package io.asynctools.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Rejects options that were given together though one of them then has no effect. {@code
 * maxAttempts} of 1 and an {@code initialDelay} of zero are no contradictions: they switch retries
 * or delays off, in a test say, and the other options wait for a higher value.
 */
final class Contradictions {
  private static final String LEAVE_OUT = "; leave it out, or ";

  private Contradictions() {}

  /** Checks options, each in range; those that were not given are null. */
  static void check(
      @Nullable Duration initialDelay,
      @Nullable Duration maxDelay,
      @Nullable Double multiplier,
      @Nullable Jitter jitter,
      @Nullable Duration attemptTimeout,
      @Nullable Duration totalTimeout,
      boolean hasDelayFunction) {
    if (initialDelay != null && maxDelay != null && maxDelay.compareTo(initialDelay) < 0) {
      throw new IllegalArgumentException(
          "maxDelay must be at least initialDelay ("
              + initialDelay
              + "), was "
              + maxDelay
              + "; raise maxDelay, or lower initialDelay");
    }
    if (attemptTimeout != null
        && totalTimeout != null
        && attemptTimeout.compareTo(totalTimeout) > 0) {
      throw new IllegalArgumentException(
          "attemptTimeout has no effect above totalTimeout ("
              + totalTimeout
              + "), was "
              + attemptTimeout
              + LEAVE_OUT
              + "raise totalTimeout");
    }
    if (multiplier != null && jitter == Jitter.DECORRELATED) {
      String why = " beside the jitter DECORRELATED, whose delays grow from the delay before";
      rejectIf(true, "multiplier", multiplier, why, "choose another jitter");
    }
    if (initialDelay != null
        && totalTimeout != null
        && initialDelay.compareTo(totalTimeout) >= 0
        && (jitter == null || jitter == Jitter.NONE || jitter == Jitter.DECORRELATED)
        && !hasDelayFunction) {
      throw new IllegalArgumentException(
          "initialDelay must be less than totalTimeout ("
              + totalTimeout
              + "), or nothing is ever retried, was "
              + initialDelay
              + "; lower initialDelay, or raise totalTimeout");
    }
  }

  private static void rejectIf(
      boolean hasNoEffect, String option, @Nullable Object value, String why, String wayOut) {
    if (hasNoEffect) {
      throw new IllegalArgumentException(
          option + " has no effect" + why + ", was " + value + LEAVE_OUT + wayOut);
    }
  }
}
