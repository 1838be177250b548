package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What permits cost, to the last part of a microsecond.
 *
 * <p>Promises: Redis 1.
 */
@Tag("unit")
class ExactRateTest {
  private static final BigDecimal EPSILON = BigDecimal.ONE.scaleByPowerOfTen(-50); // of a division

  @ParameterizedTest
  @CsvSource({
    "1/s, 10, 10, 10000000, 0",
    "3/s, 10, 1, 333333, 1",
    "3/s, 10, 3, 1000000, 0",
    "1000000000/s, 5000, 1, 0, 1",
    "1000000000/s, 5000, 2500, 2, 500",
    "2.5/s, 10, 1, 400000, 0",
    "1/d, 30000, 30000, 2592000000000000, 0",
  })
  void aCostIsExact(String rate, long capacity, long permits, long micros, long parts) {
    assertThat(new ExactRate(Rate.parse(rate), capacity).cost(permits))
        .isEqualTo(new Cost(micros, parts));
  }

  /** Where a product of longs would overflow. */
  @Test
  void theLargestCapacitiesDoNotOverflow() {
    ExactRate rate = new ExactRate(Rate.parse("4503599627369/s"), 1L << 60);
    BigInteger denominator = BigInteger.valueOf(rate.denominator);
    BigInteger cost =
        BigInteger.valueOf(rate.full.micros())
            .multiply(denominator)
            .add(BigInteger.valueOf(rate.full.parts()));
    assertThat(cost.multiply(BigInteger.valueOf(4503599627369L)))
        .isEqualTo(
            BigInteger.ONE
                .shiftLeft(60)
                .multiply(BigInteger.valueOf(1_000_000))
                .multiply(denominator));
  }

  @ParameterizedTest
  @CsvSource({
    "100/s, 100, 0.25",
    "1/s, 1, 0.3333333333333333",
    "999983/s, 1000, 0.1",
    "1000000000/s, 1000000, 0.7",
    "4503599627369/s, 1000000, 0.01",
    "1/1000d, 5, 0.9",
    "7/3ns, 100, 0.001",
  })
  void aShareIsNeverMoreThanThatNorMuchLess(String text, long capacity, double share) {
    ExactRate whole = new ExactRate(Rate.parse(text), capacity);
    ExactRate part = whole.share(share);
    BigDecimal exact = BigDecimal.valueOf(share).multiply(perNano(whole.rate));
    assertThat(perNano(part.rate))
        .isBetween(exact.multiply(new BigDecimal("0.999")), exact.add(EPSILON));
    assertThat(part.capacity)
        .isBetween((long) (capacity * share), Math.max((long) (capacity * share), 1));
  }

  private static BigDecimal perNano(Rate rate) {
    return BigDecimal.valueOf(rate.permits())
        .divide(BigDecimal.valueOf(rate.period().toNanos()), new java.math.MathContext(60));
  }

  @Test
  void theDefaultCapacityIsASecondsWorth() {
    assertThat(ExactRate.defaultCapacity(Rate.parse("100/s"))).isEqualTo(100);
    assertThat(ExactRate.defaultCapacity(Rate.parse("1/h"))).isEqualTo(1);
    assertThat(ExactRate.defaultCapacity(Rate.parse("3/2s"))).isEqualTo(1);
  }
}
