package io.asynctools.retry;

import io.asynctools.api.Rate;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.time.Duration;

/**
 * The floor of a {@link RetryBudget}: so many retries a second, of which a second's worth may come
 * at once.
 *
 * <p>The generic cell rate algorithm, in whole nanoseconds: {@code nextDue} is when the next retry
 * would be due if they came evenly spaced, and one may come up to {@code tolerance} before that.
 * The space between two is rounded up, so that no more than the rate is ever given.
 */
final class FloorBucket {
  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);
  private static final BigInteger CENTURY = BigInteger.valueOf(Long.MAX_VALUE / 4);
  private static final VarHandle NEXT_DUE;

  static {
    try {
      NEXT_DUE = MethodHandles.lookup().findVarHandle(FloorBucket.class, "nextDue", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long spacing;
  private final long tolerance;
  private volatile long nextDue; // only grows, by compare-and-set

  FloorBucket(Rate rate) {
    BigInteger permits = BigInteger.valueOf(rate.permits());
    BigInteger period = nanosOf(rate.period());
    BigInteger[] split = period.divideAndRemainder(permits);
    BigInteger exact = split[1].signum() == 0 ? split[0] : split[0].add(BigInteger.ONE);
    this.spacing = exact.min(CENTURY).longValueExact();
    BigInteger capacity =
        permits.multiply(NANOS_PER_SECOND).divide(period).min(NANOS_PER_SECOND).max(BigInteger.ONE);
    this.tolerance = (capacity.longValueExact() - 1) * spacing;
  }

  /**
   * Takes one, if there is one.
   *
   * @param elapsed the time now, in nanoseconds since the bucket was full; one older than others
   *     saw finds less
   */
  boolean tryTake(long elapsed) {
    while (true) {
      long due = nextDue;
      long from = Math.max(due, elapsed);
      if (from - elapsed > tolerance) {
        return false;
      }
      if (NEXT_DUE.compareAndSet(this, due, from + spacing)) {
        return true;
      }
    }
  }

  /** How many could be taken now. */
  long left(long elapsed) {
    long ahead = Math.max(nextDue - elapsed, 0);
    return ahead > tolerance ? 0 : (tolerance - ahead) / spacing + 1;
  }

  private static BigInteger nanosOf(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(NANOS_PER_SECOND)
        .add(BigInteger.valueOf(duration.getNano()));
  }
}
