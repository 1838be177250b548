package io.asynctools.tokenbucket;

import io.asynctools.api.Rate;
import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Provide;
import net.jqwik.api.domains.DomainContextBase;

/** Rates from the extremes, and the naive arithmetic to compare with. */
final class Rates extends DomainContextBase {
  static final Duration CENTURY = Duration.ofDays(36_525);

  @Provide
  Arbitrary<Rate> rates() {
    Arbitrary<Rate> notable =
        Arbitraries.of(
            Rate.parse("1/d"),
            Rate.parse("1/36525d"),
            Rate.parse("999999937/s"),
            Rate.parse("1000000000/s"),
            Rate.parse("1/ns"),
            Rate.parse("7/13ns"),
            Rate.parse("3/s"),
            Rate.parse("1/m"),
            Rate.parse("86399/d"),
            Rate.parse("104729/1299709us"));
    Arbitrary<Rate> any =
        Combinators.combine(
                Arbitraries.longs().between(1, 1L << 40), Arbitraries.longs().between(1, 1L << 61))
            .as((permits, nanos) -> new Rate(Math.min(permits, nanos), Duration.ofNanos(nanos)));
    return Arbitraries.oneOf(notable, any);
  }

  static BigInteger nanos(Rate rate) {
    return BigInteger.valueOf(rate.period().toSeconds())
        .multiply(BigInteger.valueOf(1_000_000_000))
        .add(BigInteger.valueOf(rate.period().toNanosPart()));
  }

  /** floor(elapsed · permits / period), with nothing clever in it. */
  static BigInteger tokensIn(Rate rate, long elapsed) {
    return BigInteger.valueOf(elapsed)
        .multiply(BigInteger.valueOf(rate.permits()))
        .divide(nanos(rate));
  }

  /** The largest capacity, up to a bound, that fills within a century. */
  static long capacityFor(Rate rate, long atMost) {
    BigInteger inACentury = tokensIn(rate, CENTURY.toNanos());
    return inACentury.min(BigInteger.valueOf(atMost)).longValueExact();
  }
}
