package io.asynctools.demo;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.Rate;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * What a limit of a rate promises, in the terms of the RateLimit-Policy field: so many requests per
 * window of whole seconds. Read from the same properties that the limit is made from.
 *
 * @param name the limit's name
 * @param quota requests per window
 * @param windowSeconds the window, at least 1
 * @param capacity how many requests may come at once
 */
record QuotaPolicy(String name, long quota, long windowSeconds, long capacity) {
  private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);

  /** Structured fields have integers of at most 15 digits (RFC 9651, section 3.3.1). */
  private static final BigInteger MAX = BigInteger.valueOf(999_999_999_999_999L);

  /** The policy of a limit; empty if it is not one of a rate. */
  static Optional<QuotaPolicy> of(String limit, Map<String, String> properties) {
    String rate = properties.get(limit + ".rate");
    if (rate == null) {
      return Optional.empty();
    }
    QuotaPolicy policy = of(limit, Rate.parse(rate.strip()));
    String capacity = properties.get(limit + ".capacity");
    return Optional.of(
        capacity == null ? policy : policy.withCapacity(Long.parseLong(capacity.strip())));
  }

  /**
   * The shortest window of whole seconds that the rate fills with whole requests: {@code 180/s} is
   * 180 in 1 s, {@code 1/10s} is 1 in 10 s, {@code 5/1500ms} is 10 in 3 s. The capacity is the
   * bucket's default, one second's worth.
   */
  static QuotaPolicy of(String limit, Rate rate) {
    BigInteger period = BigInteger.valueOf(rate.period().toSeconds());
    period = period.multiply(NANOS_PER_SECOND).add(BigInteger.valueOf(rate.period().toNanosPart()));
    BigInteger permits = BigInteger.valueOf(rate.permits());
    BigInteger periods = NANOS_PER_SECOND.divide(period.gcd(NANOS_PER_SECOND));
    BigInteger quota = permits.multiply(periods).min(MAX);
    BigInteger window = period.multiply(periods).divide(NANOS_PER_SECOND).min(MAX);
    BigInteger perSecond = permits.multiply(NANOS_PER_SECOND).divide(period);
    return new QuotaPolicy(
        requireNonNull(limit, "limit"),
        quota.longValueExact(),
        window.longValueExact(),
        perSecond.max(BigInteger.ONE).min(MAX).longValueExact());
  }

  private QuotaPolicy withCapacity(long capacity) {
    return new QuotaPolicy(name, quota, windowSeconds, capacity);
  }

  /** How long one request takes to come back, in whole seconds, rounded up. */
  long secondsPerRequest() {
    return (windowSeconds - 1) / quota + 1;
  }
}
