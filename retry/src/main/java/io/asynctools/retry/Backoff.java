package io.asynctools.retry;

import java.util.function.DoubleSupplier;

/**
 * How long to wait after so many failures: exponential, cut to a maximum, spread by chance. Pure
 * but for the source of chance, and safe from overflow at any attempt: the power is taken in
 * floating point, where it may become infinite, and is cut before it becomes a number of
 * nanoseconds.
 *
 * @param initialNanos the delay after the first attempt, zero or more
 * @param maxNanos the longest delay, zero or more
 * @param multiplier by what the delay grows, at least 1
 * @param jitter how chance spreads it
 * @param random gives numbers from 0, included, to 1, excluded
 */
record Backoff(
    long initialNanos, long maxNanos, double multiplier, Jitter jitter, DoubleSupplier random) {

  /**
   * The delay after an attempt.
   *
   * @param attempt the number of the attempt that failed, from 1
   * @param previous the delay after the one before it; {@code initialNanos} after the first
   */
  long nanosAfter(int attempt, long previous) {
    return switch (jitter) {
      case NONE -> exponential(attempt);
      case FULL -> upTo(exponential(attempt));
      case EQUAL -> {
        long whole = exponential(attempt);
        yield whole / 2 + upTo(whole - whole / 2);
      }
      case DECORRELATED -> {
        long tripled = previous > Long.MAX_VALUE / 3 ? Long.MAX_VALUE : 3 * previous;
        long range = Math.max(tripled - initialNanos, 0);
        yield Math.min(initialNanos + upTo(range), maxNanos);
      }
    };
  }

  private long exponential(int attempt) {
    if (initialNanos == 0 || attempt == 1) { // nothing times infinity would be no number
      return Math.min(initialNanos, maxNanos);
    }
    double nanos = initialNanos * Math.pow(multiplier, attempt - 1.0);
    return nanos >= maxNanos ? maxNanos : Math.min(Math.round(nanos), maxNanos);
  }

  /** A number from 0 to {@code most}, both included, each as likely as the other. */
  private long upTo(long most) {
    return Math.max(0, Math.min((long) (random.getAsDouble() * (most + 1.0)), most));
  }
}
