package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/**
 * The floor gives no more than its rate, from the most seldom to the most often.
 *
 * <p>Promises: Retry 5.
 */
@Tag("unit")
class FloorBucketPropertyTest {
  private static final BigInteger SECOND = BigInteger.valueOf(1_000_000_000);

  @Property(edgeCases = EdgeCasesMode.MIXIN)
  void noMoreThanASecondsWorthAndTheRate(
      @ForAll @LongRange(min = 1, max = 2_000_000_000L) long permits,
      @ForAll @LongRange(min = 1, max = 100_000_000_000L) long periodNanos,
      @ForAll @Size(max = 50) List<@LongRange(min = 0, max = 3_000_000_000L) Long> steps) {
    FloorBucket bucket = new FloorBucket(new Rate(permits, Duration.ofNanos(periodNanos)));
    BigInteger capacity =
        BigInteger.valueOf(permits)
            .multiply(SECOND)
            .divide(BigInteger.valueOf(periodNanos))
            .max(BigInteger.ONE);
    long now = 0;
    long taken = 0;
    for (long step : steps) {
      now += step;
      for (int i = 0; i < 100 && bucket.tryTake(now); i++) {
        taken++;
      }
      BigInteger earned =
          BigInteger.valueOf(now)
              .multiply(BigInteger.valueOf(permits))
              .divide(BigInteger.valueOf(periodNanos));
      assertThat(BigInteger.valueOf(taken)).isLessThanOrEqualTo(capacity.add(earned));
    }
  }

  @Example
  void aRateThatDoesNotDivideASecondLosesLessThanAMillionth() {
    FloorBucket bucket = new FloorBucket(Rate.perSecond(3));
    long taken = 0;
    for (long now = 0; now <= 100_000L * 1_000_000_000; now += 100_000_000) {
      while (bucket.tryTake(now)) {
        taken++;
      }
    }
    assertThat(taken).isBetween(300_002L, 300_003L);
  }

  @Example
  void theMostExtremeRatesAreTaken() {
    FloorBucket often = new FloorBucket(new Rate(Long.MAX_VALUE, Duration.ofNanos(1)));
    for (int i = 0; i < 1_000; i++) {
      assertThat(often.tryTake(Long.MAX_VALUE / 2)).isTrue();
    }
    FloorBucket seldom = new FloorBucket(new Rate(1, Duration.ofSeconds(Long.MAX_VALUE)));
    assertThat(seldom.tryTake(0)).isTrue();
    assertThat(seldom.tryTake(Duration.ofDays(20_000).toNanos())).isFalse();
  }

  @Example
  void aReadingThatIsLateFindsNoMore() {
    FloorBucket bucket = new FloorBucket(Rate.perSecond(1));
    assertThat(bucket.tryTake(10_000_000_000L)).isTrue();
    assertThat(bucket.tryTake(0)).isFalse();
    assertThat(bucket.tryTake(10_999_999_999L)).isFalse();
    assertThat(bucket.tryTake(11_000_000_000L)).isTrue();
  }
}
