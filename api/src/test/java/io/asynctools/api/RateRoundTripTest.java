package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

@Tag("unit")
class RateRoundTripTest {

  @Property
  void whatItWritesItReadsBack(
      @ForAll @LongRange(min = 1) long permits,
      @ForAll @LongRange(min = 0) long seconds,
      @ForAll @LongRange(min = 1, max = 999_999_999) long nanos) {
    Rate rate = new Rate(permits, Duration.ofSeconds(seconds, nanos));

    assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
  }

  @Property
  void whatItWritesOfWholeUnitsItReadsBack(
      @ForAll @LongRange(min = 1) long permits, @ForAll @LongRange(min = 1) long seconds) {
    Rate rate = new Rate(permits, Duration.ofSeconds(seconds));

    assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
  }

  @Property
  void aFractionIsExact(
      @ForAll @LongRange(min = 0, max = 999_999) long whole,
      @ForAll @LongRange(min = 1, max = 999_999) long millionths) {
    Rate rate = Rate.parse("%d.%06d/s".formatted(whole, millionths));

    assertThat(rate.permits() * 1_000_000)
        .isEqualTo((whole * 1_000_000 + millionths) * rate.period().toSeconds());
  }

  /** A double prints with up to 17 digits, and with an exponent where it is small or large. */
  @Property
  void aRatePrintedFromADoubleIsNeverRoundedUpNorFarDown(
      @ForAll @DoubleRange(min = 1, max = 10) double mantissa,
      @ForAll @IntRange(min = -2, max = 9) int exponent,
      @ForAll @IntRange(min = 1, max = 100) int divisor,
      @ForAll("units") String unit) {
    String decimal = Double.toString(mantissa / divisor * Math.pow(10, exponent));
    Rate rate = Rate.parse(decimal + "/" + unit);

    BigDecimal exact = new BigDecimal(decimal); // permits a unit, times the period: permits
    BigDecimal held =
        new BigDecimal(rate.permits()).multiply(nanos(Rate.parse("1/" + unit).period()));
    BigDecimal wanted = exact.multiply(nanos(rate.period()));
    assertThat(held).isLessThanOrEqualTo(wanted);
    assertThat(wanted.subtract(held)).isLessThanOrEqualTo(wanted.movePointLeft(18));
    BigInteger period = nanos(rate.period()).toBigInteger();
    assertThat(period.divide(period.gcd(BigInteger.valueOf(rate.permits()))))
        .as("in lowest terms")
        .isLessThanOrEqualTo(nanos(Duration.ofDays(36_525)).toBigInteger());
  }

  @Provide
  Arbitrary<String> units() {
    return Arbitraries.of("us", "ms", "s", "m", "h", "d");
  }

  private static BigDecimal nanos(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
        .movePointRight(9)
        .add(BigDecimal.valueOf(duration.getNano()));
  }
}
