package io.asynctools.redis;

import io.asynctools.api.Rate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;

/**
 * What permits cost at a rate, in exact microseconds: one costs numerator / denominator of them, in
 * lowest terms. Immutable.
 *
 * <p>A number of Lua is a double, exact up to 2<sup>53</sup>. So the denominator stays below
 * 2<sup>52</sup> (two fractions add up to less than 2<sup>53</sup>), and a bucket fills within a
 * century, which is 3.2 · 10<sup>15</sup> microseconds (a date of this century, a debt, and what
 * was given back add up to less than 2<sup>53</sup>). Whatever needs a product is worked out here.
 */
final class ExactRate {
  private static final BigInteger CENTURY = BigInteger.valueOf(36_525L * 86_400_000_000L);
  private static final BigInteger MOST_PARTS = BigInteger.ONE.shiftLeft(52);
  private static final BigInteger THOUSAND = BigInteger.valueOf(1_000);
  private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

  private static final BigInteger LONGEST = BigInteger.valueOf(Long.MAX_VALUE).multiply(BILLION);

  final Rate rate;
  final long capacity; // in permits
  final long denominator;
  private final long numerator;
  private final boolean small; // a whole bucket costs less than 2^63 parts: no product overflows
  final Cost full; // what the capacity costs
  final Cost one;

  ExactRate(Rate rate, long capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, was " + capacity);
    }
    BigInteger period = nanosOf(rate.period());
    BigInteger permits = BigInteger.valueOf(rate.permits()).multiply(THOUSAND);
    BigInteger common = period.gcd(permits);
    BigInteger parts = permits.divide(common);
    if (parts.compareTo(MOST_PARTS) >= 0) {
      throw new IllegalArgumentException(
          "rate "
              + rate
              + " cannot be counted exactly in microseconds: choose a round number of permits, or"
              + " let a permit stand for more, a kilobyte say");
    }
    BigInteger fill = period.divide(common).multiply(BigInteger.valueOf(capacity));
    if (fill.compareTo(CENTURY.multiply(parts)) > 0) {
      throw new IllegalArgumentException(
          "capacity "
              + capacity
              + " takes over a century to fill at rate "
              + rate
              + "; lower the capacity or raise the rate");
    }
    this.rate = rate;
    this.capacity = capacity;
    this.denominator = parts.longValueExact();
    this.numerator = period.divide(common).longValueExact();
    this.small = fill.bitLength() < 63;
    this.full = cost(capacity);
    this.one = cost(1);
  }

  /** What a bucket holds unless it is told: a second's worth, at least one. */
  static long defaultCapacity(Rate rate) {
    BigInteger second =
        BigInteger.valueOf(rate.permits()).multiply(BILLION).divide(nanosOf(rate.period()));
    return Math.max(second.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact(), 1);
  }

  /** What so many permits cost; not more of them than the capacity. */
  Cost cost(long permits) {
    if (small) {
      long parts = permits * numerator;
      return new Cost(parts / denominator, parts % denominator);
    }
    BigInteger[] split =
        BigInteger.valueOf(permits)
            .multiply(BigInteger.valueOf(numerator))
            .divideAndRemainder(BigInteger.valueOf(denominator));
    return new Cost(split[0].longValueExact(), split[1].longValueExact());
  }

  /** About what so many permits cost, any number of them, in nanoseconds, rounded down. */
  long nanos(long permits) {
    double nanos = (double) permits * numerator / denominator * 1_000;
    return (long) Math.min(nanos, 0x1p61); // so that instants stay comparable
  }

  /** Of what one permit costs, in parts of a microsecond. */
  BigInteger numerator() {
    return BigInteger.valueOf(numerator);
  }

  /** A share of this rate and capacity, rounded down; the capacity is at least 1. */
  ExactRate share(double share) {
    if (share == 1) {
      return this;
    }
    BigInteger permits = BigInteger.valueOf(rate.permits());
    BigInteger period = nanosOf(rate.period());
    BigInteger common = permits.gcd(period);
    permits = permits.divide(common);
    period = period.divide(common);
    int excess = Math.max(permits.bitLength() - 30, 0); // so that it can be counted exactly
    permits = permits.shiftRight(excess);
    period = period.shiftRight(excess).add(excess > 0 ? BigInteger.ONE : BigInteger.ZERO);
    if (period.bitLength() < 20) { // below a millisecond: a nanosecond would be a coarse step
      permits = permits.multiply(THOUSAND);
      period = period.multiply(THOUSAND);
    }
    BigInteger stretched =
        new BigDecimal(period)
            .divide(BigDecimal.valueOf(share), 0, RoundingMode.CEILING)
            .toBigInteger()
            .min(LONGEST);
    BigInteger[] seconds = stretched.divideAndRemainder(BILLION);
    Rate shared =
        new Rate(
            permits.longValueExact(),
            Duration.ofSeconds(seconds[0].longValueExact(), seconds[1].longValueExact()));
    BigDecimal held = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(capacity));
    return new ExactRate(shared, held.max(BigDecimal.ONE).toBigInteger().longValueExact());
  }

  private static BigInteger nanosOf(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(BILLION)
        .add(BigInteger.valueOf(duration.getNano()));
  }
}
