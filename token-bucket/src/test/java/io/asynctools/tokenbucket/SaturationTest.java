package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Token bucket 2 and 3: the long-run rate under saturation, and when a waiter is granted. */
class SaturationTest {

  /** A timer that comes up to so many nanoseconds late. */
  private record LateTime(ManualTime time, Random random, int lateness) implements TimeSource {
    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      return time.schedule(task, delayNanos + random.nextInt(lateness));
    }
  }

  private final ManualTime time = new ManualTime();
  private long granted;

  @Test
  void theLongRunRateIsTheConfiguredOneWhereTheCapacityHoldsWhatALateTimerMisses() {
    TokenBucketRateLimiter bucket = saturated(7_000, 15); // 2 ms late: 14, and the one it was for
    time.advance(Duration.ofSeconds(100));
    assertThat(granted).isBetween(700_000L - 70, 700_000L + 15);
    bucket.close();
  }

  @Test
  void aSmallerCapacityRunsOverButNeverGivesMore() {
    TokenBucketRateLimiter bucket = saturated(7_000, 2);
    time.advance(Duration.ofSeconds(10));
    assertThat(granted).isLessThan(70_000L).isGreaterThan(10_000L);
    bucket.close();
  }

  @Test
  void aWaiterIsGrantedAtItsTokenAndNoSooner() {
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.parse("999999937/h"))
            .capacity(10)
            .initialTokens(0)
            .timeSource(time)
            .executor(Runnable::run)
            .build();
    for (int i = 1; i <= 1_000; i++) {
      long number = i;
      bucket
          .acquire()
          .thenRun(
              () -> {
                granted++;
                // The first nanosecond at which so many tokens have been earned.
                assertThat(Rates.tokensIn(Rate.parse("999999937/h"), time.nanoTime()))
                    .isEqualTo(number);
                assertThat(Rates.tokensIn(Rate.parse("999999937/h"), time.nanoTime() - 1))
                    .isEqualTo(number - 1);
              });
    }
    time.advance(Duration.ofMillis(10));
    assertThat(granted).isEqualTo(1_000);
  }

  /** Each grant asks again at once, and there are always some more in line. */
  private TokenBucketRateLimiter saturated(long perSecond, long capacity) {
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(perSecond))
            .capacity(capacity)
            .initialTokens(0)
            .timeSource(new LateTime(time, new Random(7), 2_000_000))
            .executor(Runnable::run)
            .build();
    for (int i = 0; i < 100; i++) {
      again(bucket);
    }
    return bucket;
  }

  private void again(TokenBucketRateLimiter bucket) {
    bucket
        .acquire()
        .thenRun(
            () -> {
              granted++;
              again(bucket);
            });
  }
}
