package io.asynctools.tokenbucket;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.Rate;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a bucket is built with, checked. Shared by all buckets that are built alike. */
record BucketConfig(Rate rate, long capacity, long initialTokens, long tokensPerCall) {
  static final BigInteger CENTURY = nanosOf(Duration.ofDays(36_525));
  private static final BigInteger NANOS_PER_SECOND = nanosOf(Duration.ofSeconds(1));

  BucketConfig {
    requireNonNull(rate, "rate");
    BigInteger permits = BigInteger.valueOf(rate.permits());
    BigInteger period = nanosOf(rate.period());
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be at least 1, was " + capacity);
    }
    if (permits.compareTo(period) > 0) {
      throw new IllegalArgumentException(
          "rate must be at most 1000000000/s, a permit a nanosecond, was "
              + rate
              + "; let a permit stand for more, a kilobyte say");
    }
    if (BigInteger.valueOf(capacity).multiply(period).compareTo(CENTURY.multiply(permits)) > 0) {
      throw new IllegalArgumentException(
          "capacity "
              + capacity
              + " takes over a century to fill at rate "
              + rate
              + "; lower the capacity or raise the rate");
    }
    if (period.divide(permits.gcd(period)).compareTo(CENTURY) > 0) {
      throw new IllegalArgumentException(
          "rate must have a period of at most a century in lowest terms, was " + rate);
    }
    if (initialTokens < 0 || initialTokens > capacity) {
      throw new IllegalArgumentException(
          "initialTokens must be between 0 and capacity (" + capacity + "), was " + initialTokens);
    }
    if (tokensPerCall < 1 || tokensPerCall > capacity) {
      throw new IllegalArgumentException(
          "tokensPerCall must be between 1 and capacity (" + capacity + "), was " + tokensPerCall);
    }
  }

  /** What a bucket holds unless it is told: a second's worth, at least one. */
  static long defaultCapacity(Rate rate) {
    BigInteger second =
        BigInteger.valueOf(rate.permits())
            .multiply(NANOS_PER_SECOND)
            .divide(nanosOf(rate.period()));
    return Math.max(second.min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact(), 1);
  }

  /** The same bucket at another rate and capacity. */
  BucketConfig with(Rate newRate, long newCapacity) {
    return new BucketConfig(
        newRate, newCapacity, Math.min(initialTokens, Math.max(newCapacity, 0)), tokensPerCall);
  }

  static BigInteger nanosOf(Duration duration) {
    return BigInteger.valueOf(duration.getSeconds())
        .multiply(BigInteger.valueOf(1_000_000_000))
        .add(BigInteger.valueOf(duration.getNano()));
  }

  // Written out: of the generated form the JDK keeps the last class it ran on, and so its loader.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BucketConfig that
        && capacity == that.capacity
        && initialTokens == that.initialTokens
        && tokensPerCall == that.tokensPerCall
        && rate.equals(that.rate);
  }

  @Override
  public int hashCode() {
    return Objects.hash(rate, capacity, initialTokens, tokensPerCall);
  }

  @Override
  public String toString() {
    return "BucketConfig[rate="
        + rate
        + ", capacity="
        + capacity
        + ", initialTokens="
        + initialTokens
        + ", tokensPerCall="
        + tokensPerCall
        + "]";
  }
}
