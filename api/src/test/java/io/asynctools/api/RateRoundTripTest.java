package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
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
}
