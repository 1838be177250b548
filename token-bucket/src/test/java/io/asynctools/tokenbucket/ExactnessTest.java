package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * By example: what broke in others.
 *
 * <p>Promises: Token bucket 1.
 */
@Tag("unit")
class ExactnessTest {
  private final ManualTime time = new ManualTime();

  @Test
  void aMillionPollsASecondAtOneASecondGiveOneASecond() {
    TokenBucketRateLimiter bucket = bucket(Rate.perSecond(1), 1, 0);
    int granted = 0;
    for (int i = 0; i < 3_000_000; i++) {
      time.advance(Duration.ofNanos(1_000));
      if (bucket.tryAcquire().isPresent()) {
        granted++;
      }
    }
    assertThat(granted).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"1/d", "1000000000/s", "999999937/s", "7/13ns", "1/36524d"})
  void aCenturyWithoutUseFillsTheBucketAndNoMore(String rate) {
    TokenBucketRateLimiter bucket = bucket(Rate.parse(rate), 1, 0);
    time.advance(Rates.CENTURY);
    assertThat(bucket.availableTokens()).isEqualTo(1);
    assertThat(bucket.tryAcquire()).isPresent();
    assertThat(bucket.tryAcquire()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE - 1_000_000_000})
  void twoCenturiesWithoutUseFillTheBucketAndNoMore(long origin) {
    ManualTime clock = new ManualTime(origin);
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.parse("999999937/s"))
            .capacity(5)
            .initialTokens(0)
            .timeSource(clock)
            .executor(clock)
            .build();
    clock.advance(Rates.CENTURY.multipliedBy(2));
    assertThat(bucket.availableTokens()).isEqualTo(5);
    assertThat(bucket.tryAcquire(5)).isPresent();
    assertThat(bucket.tryAcquire()).isEmpty();
    clock.advance(Duration.ofNanos(2)); // 2 ns bring 1.99 tokens
    assertThat(bucket.availableTokens()).isEqualTo(1);
  }

  @Test
  void aFullBucketWinsNothingWithinATick() {
    TokenBucketRateLimiter bucket = bucket(Rate.parse("1/d"), 10, 10);
    time.advance(Duration.ofDays(1).minusNanos(1)); // nearly another token, but it is full
    assertThat(bucket.tryAcquire(10)).isPresent();
    time.advance(Duration.ofDays(1).minusNanos(1));
    assertThat(bucket.tryAcquire()).isEmpty();
    time.advance(Duration.ofNanos(1));
    assertThat(bucket.tryAcquire()).isPresent();
  }

  @Test
  void tenASecondGivesNoTwentyAtAPeriodsEdge() { // resilience4j does, within 2 ms
    TokenBucketRateLimiter bucket = bucket(Rate.perSecond(10), 10, 10);
    time.advance(Duration.ofMillis(999));
    assertThat(bucket.tryAcquire(10)).isPresent();
    time.advance(Duration.ofMillis(2));
    assertThat(bucket.tryAcquire()).isEmpty();
  }

  @Test
  void whatIsConfiguredIsWhatIsGranted() { // Guava grants 13 M/s for 3 M/s
    TokenBucketRateLimiter bucket = bucket(Rate.perSecond(3_000_000), 10, 0);
    long granted = 0;
    for (int i = 0; i < 1_000_000; i++) {
      time.advance(Duration.ofNanos(100));
      while (bucket.tryAcquire().isPresent()) {
        granted++;
      }
    }
    assertThat(granted).isEqualTo(300_000);
  }

  @Test
  void theWaitOfAHugeLineIsNeitherZeroNorNegative() { // Failsafe's is, for 200 000 at one a day
    TokenBucketRateLimiter bucket = bucket(Rate.parse("1/d"), 20_000, 0);
    bucket.acquire(20_000);
    assertThat(bucket.estimateWait(20_000)).isEqualTo(Duration.ofDays(40_000));
    for (int i = 0; i < 9; i++) {
      bucket.acquire(20_000);
    }
    assertThat(bucket.estimateWait(1)) // 547 years: past the clock's range
        .isBetween(Duration.ofDays(53_000), Duration.ofDays(200_001));
  }

  @Test
  void aReadingOlderThanTheStateNeitherRewindsNorEarns() {
    long[] now = {1_000};
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.parse("1/us"))
            .capacity(3)
            .timeSource(new ReadableTime(() -> now[0]))
            .build();
    assertThat(bucket.tryAcquire(3)).isPresent();
    now[0] -= 500;
    assertThat(bucket.tryAcquire()).isEmpty();
    assertThat(bucket.availableTokens()).isZero();
    now[0] += 500 + 999;
    assertThat(bucket.tryAcquire()).isEmpty();
    now[0] += 1;
    assertThat(bucket.tryAcquire()).isPresent();
  }

  @Test
  void oneWhoIsRefusedMoreThanThereIsDoesNotHaveOthersRefused() {
    long[] now = {100};
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(5)
            .initialTokens(3)
            .timeSource(new ReadableTime(() -> now[0]))
            .build();
    now[0]++;
    assertThat(bucket.tryAcquire(5)).isEmpty();
    now[0]--; // another thread, whose reading is older
    assertThat(bucket.tryAcquire()).isPresent();
    now[0] -= 90;
    assertThat(bucket.tryAcquire()).isPresent();
  }

  @Test
  void aReadingFromBeforeTheBucketWasMadeIsServedToo() {
    long[] now = {1_000};
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(5)
            .timeSource(new ReadableTime(() -> now[0]))
            .build();
    now[0] = 900;
    assertThat(bucket.tryAcquire(4)).isPresent();
    assertThat(bucket.tryAcquire(4)).isEmpty();
    assertThat(bucket.estimateWait(5)).isPositive();
  }

  private TokenBucketRateLimiter bucket(Rate rate, long capacity, long initialTokens) {
    return TokenBucketRateLimiter.builder(rate)
        .capacity(capacity)
        .initialTokens(initialTokens)
        .timeSource(time)
        .executor(time)
        .build();
  }
}
