package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code drain} takes what is in the bucket, exactly.
 *
 * <p>Promises: Token bucket 1, Token bucket 7.
 */
@Tag("unit")
class DrainTest {
  private final ManualTime time = new ManualTime();
  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(Rate.perSecond(2))
          .capacity(10)
          .timeSource(time)
          .executor(tasks::add)
          .build();

  @Test
  void itTakesAllWholeTokensAndLeavesTheFraction() {
    assertThat(bucket.drain()).isEqualTo(10);
    assertThat(bucket.availableTokens()).isZero();
    time.advance(Duration.ofMillis(1_250));

    assertThat(bucket.drain()).isEqualTo(2);
    assertThat(bucket.drain()).isZero();
    time.advance(Duration.ofMillis(250)); // half a token was left
    assertThat(bucket.drain()).isEqualTo(1);
  }

  @Test
  void itTakesNothingFromWaiters() {
    bucket.tryAcquire(8);
    CompletableFuture<Permit> waiter = bucket.acquire(5);

    assertThat(bucket.drain()).isZero();

    time.advance(Duration.ofMillis(1_500));
    tasks.remove().run();
    assertThat(waiter).isCompleted();
  }

  @Test
  void itTakesNothingFromAClosedBucket() {
    bucket.close();

    assertThat(bucket.drain()).isZero();
  }

  @Test
  void aGrantThatItsWaiterGivesUpComesBackToADrainedBucket() {
    bucket.tryAcquire(8);
    CompletableFuture<Permit> waiter = bucket.acquire(5);
    time.advance(Duration.ofSeconds(2)); // granted, not yet delivered; one token is left
    assertThat(bucket.drain()).isEqualTo(1);

    waiter.cancel(false);

    assertThat(bucket.drain()).isEqualTo(5);
  }

  @Test
  void whatOneGivesUpAfterTheBucketRefilledDoesNotComeBack() {
    bucket.tryAcquire(8);
    CompletableFuture<Permit> waiter = bucket.acquire(5);
    time.advance(Duration.ofHours(1));
    assertThat(bucket.drain()).isEqualTo(10);

    waiter.cancel(false);

    assertThat(bucket.drain()).isZero();
  }

  /** A twin whose tokens are counted, and then taken by a try, at the same instant. */
  @Property
  @net.jqwik.api.Tag("unit")
  void itIsATryForAllThereIs(
      @ForAll @LongRange(min = 1, max = 1_000_000_007) long permits,
      @ForAll @LongRange(min = 1, max = 86_400_000_000_000L) long period,
      @ForAll @LongRange(min = 1, max = 1_000) long capacity,
      @ForAll @Size(max = 50) List<@IntRange(min = 0, max = 2) Integer> steps,
      @ForAll @LongRange(min = 0, max = 100_000_000_000L) long nanos) {
    long slowest = Math.max(permits, 1);
    Rate rate = new Rate(Math.min(slowest, period), Duration.ofNanos(period));
    TokenBucketRateLimiter drained = twin(rate, capacity);
    TokenBucketRateLimiter tried = twin(rate, capacity);
    for (int step : steps) {
      switch (step) {
        case 0 -> time.advance(Duration.ofNanos(nanos));
        case 1 ->
            assertThat(drained.tryAcquire().isPresent()).isEqualTo(tried.tryAcquire().isPresent());
        default -> {
          long tokens = tried.availableTokens();
          if (tokens > 0) {
            assertThat(tried.tryAcquire(tokens)).isPresent();
          }
          assertThat(drained.drain()).isEqualTo(tokens);
        }
      }
      assertThat(drained.availableTokens()).isEqualTo(tried.availableTokens());
      assertThat(drained.estimateWait(capacity)).isEqualTo(tried.estimateWait(capacity));
    }
  }

  private TokenBucketRateLimiter twin(Rate rate, long capacity) {
    return TokenBucketRateLimiter.builder(rate).capacity(capacity).timeSource(time).build();
  }

  @Test
  @Timeout(60)
  void manyThreadsThatDrainAndTryTakeExactlyWhatIsThere() throws Exception {
    TokenBucketRateLimiter shared = twin(Rate.perSecond(1_000_000), 1_000_000);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 50; round++) {
        long held = shared.availableTokens();
        List<Callable<Long>> takers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          takers.add(shared::drain);
          takers.add(
              () -> {
                long taken = 0;
                for (int n = 0; n < 1_000 && shared.tryAcquire().isPresent(); n++) {
                  taken++;
                }
                return taken;
              });
        }
        long taken = 0;
        for (Future<Long> taker : threads.invokeAll(takers)) {
          taken += taker.get();
        }
        assertThat(taken + shared.availableTokens()).isEqualTo(held);
        shared.drain();
        time.advance(Duration.ofMillis(100));
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
