package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * On the real coarse clock.
 *
 * <p>Promises: Token bucket 6.
 */
@Tag("slow")
class CoarseClockTest {
  private static final Duration TICK = Duration.ofMillis(1);
  private static final long PER_SECOND = 100_000;
  private static final long CAPACITY = 500;

  /**
   * The window counts from the clock's own reading, which is behind by a tick or what the OS makes
   * of it.
   */
  @Test
  void theBoundHoldsFromTheFirstReadingOnAndTheRateIsKept() {
    long made = System.nanoTime();
    TimeSource clock = TimeSource.coarse(TICK);
    TokenBucketRateLimiter bucket = bucket(CAPACITY, clock);
    long granted = 0;
    long first = clock.nanoTime(); // after `made`, and never ahead
    long start = System.nanoTime();
    while (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(2)) {
      if (bucket.tryAcquire().isPresent()) {
        granted++;
      }
    }
    long window = System.nanoTime() - made - first + 1;
    assertThat(granted)
        .isLessThanOrEqualTo(CAPACITY + window * PER_SECOND / TimeUnit.SECONDS.toNanos(1) + 1)
        .isGreaterThan(PER_SECOND); // it did go on
  }

  @Test
  void waitersAreGrantedToo() throws Exception {
    TokenBucketRateLimiter bucket = bucket(0, TimeSource.coarse(TICK));
    CompletableFuture<Permit> last = bucket.acquire(1);
    for (int i = 0; i < 1_000; i++) {
      last = bucket.acquire(1 + i % 3);
    }
    last.get(10, TimeUnit.SECONDS);
    assertThat(bucket.waiters()).isZero();
  }

  private static TokenBucketRateLimiter bucket(long initialTokens, TimeSource clock) {
    return TokenBucketRateLimiter.builder(Rate.perSecond(PER_SECOND))
        .capacity(CAPACITY)
        .initialTokens(initialTokens)
        .timeSource(clock)
        .build();
  }
}
