package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The long-run rate under saturation, and when a waiter is granted.
 *
 * <p>Promises: Token bucket 2.
 */
@Tag("unit")
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

  /** Promises: Token bucket 2, Token bucket 1. */
  @Test
  void aSmallerCapacityRunsOverButNeverGivesMore() {
    TokenBucketRateLimiter bucket = saturated(7_000, 2);
    time.advance(Duration.ofSeconds(10));
    assertThat(granted).isLessThan(70_000L).isGreaterThan(10_000L);
    bucket.close();
  }

  /** Promises: Token bucket 3. */
  @Test
  void aWaiterIsGrantedAtItsTokenAndNoSooner() {
    Rate rate = Rate.parse("999999937/h");
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(rate)
            .capacity(10)
            .initialTokens(0)
            .timeSource(time)
            .executor(Runnable::run)
            .build();
    List<Long> grantedAt = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      bucket.acquire().thenRun(() -> grantedAt.add(time.nanoTime()));
    }
    time.advance(Duration.ofMillis(10));
    assertThat(grantedAt).hasSize(1_000);
    for (int i = 0;
        i < 1_000;
        i++) { // the first nanosecond at which so many tokens have been earned
      assertThat(Rates.tokensIn(rate, grantedAt.get(i))).isEqualTo(i + 1);
      assertThat(Rates.tokensIn(rate, grantedAt.get(i) - 1)).isEqualTo(i);
    }
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
