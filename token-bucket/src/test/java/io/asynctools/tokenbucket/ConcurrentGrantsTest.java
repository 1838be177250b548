package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many threads on one bucket, while the time stands still: what is granted is exactly what was
 * there.
 */
@Tag("unit")
@Timeout(60)
class ConcurrentGrantsTest {
  private static final int THREADS = 4;

  private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_000);
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Promises: Token bucket 1, Token bucket 4. */
  @Test
  void triesTakeExactlyWhatIsThere() throws Exception {
    TokenBucketRateLimiter bucket = bucket(10_007, 10_007, Runnable::run);
    for (int round = 0; round < 20; round++) {
      long held = bucket.availableTokens();
      long granted =
          together(
              thread ->
                  () -> {
                    long taken = 0;
                    while (bucket.tryAcquire().isPresent()) {
                      taken++;
                    }
                    return taken;
                  });
      assertThat(granted).isEqualTo(held);
      time.advance(Duration.ofSeconds(round * 100L));
    }
  }

  /** Promises: Token bucket 5. */
  @Test
  void aChangeWhileOthersTakeKeepsCount() throws Exception {
    TokenBucketRateLimiter bucket = bucket(1_000_000, 1_000_000, Runnable::run);
    Rate[] rates = {Rate.perSecond(1), Rate.parse("7/13ns"), Rate.parse("1/m")};
    long granted =
        together(
            thread ->
                () -> {
                  long taken = 0;
                  for (int i = 0; i < 50_000; i++) {
                    if (thread == 0) {
                      bucket.reconfigure(rates[i % rates.length], 1_000_000);
                    } else if (bucket.tryAcquire(3).isPresent()) {
                      taken += 3;
                    }
                  }
                  return taken;
                });
    assertThat(bucket.availableTokens() + granted).isEqualTo(1_000_000);
  }

  /** Promises: All 3. */
  @Test
  void waitersTriesAndCancelsLoseNothingAndGainNothing() throws Exception {
    AtomicLong granted = new AtomicLong();
    TokenBucketRateLimiter bucket = bucket(100_000, 0, Runnable::run);
    long asked =
        together(
            thread ->
                () -> {
                  List<CompletableFuture<Permit>> mine = new ArrayList<>();
                  for (int i = 0; i < 5_000; i++) {
                    int n = 1 + i % 3;
                    CompletableFuture<Permit> waiter = bucket.acquire(n);
                    waiter.thenRun(() -> granted.addAndGet(n));
                    mine.add(waiter);
                    if (thread == 0 && i % 50 == 0) {
                      time.advance(Duration.ofSeconds(17));
                    }
                    if (ThreadLocalRandom.current().nextInt(3) == 0) {
                      mine.get(ThreadLocalRandom.current().nextInt(mine.size())).cancel(false);
                    }
                    if (bucket.tryAcquire().isPresent()) {
                      granted.incrementAndGet();
                    }
                  }
                  return 0L;
                });
    assertThat(asked).isZero();
    long earned = 5_000 / 50 * 17;
    assertThat(granted.get() + bucket.availableTokens()).isEqualTo(earned);
    time.advance(Duration.ofDays(1));
    assertThat(bucket.waiters()).isZero();
    assertThat(time.pending()).isZero();
  }

  /** Promises: All 11. */
  @Test
  void blockedThreadsNeedNoExecutorToBeWoken() throws Exception {
    ExecutorService one = Executors.newSingleThreadExecutor();
    try {
      TokenBucketRateLimiter outer =
          TokenBucketRateLimiter.builder(Rate.perSecond(1))
              .initialTokens(0)
              .capacity(9)
              .timeSource(time)
              .executor(one)
              .build();
      TokenBucketRateLimiter inner =
          TokenBucketRateLimiter.builder(Rate.parse("1/h"))
              .initialTokens(0)
              .capacity(9)
              .timeSource(time)
              .executor(one)
              .build();
      CompletableFuture<Boolean> blocksTheExecutor =
          outer.execute(
              () ->
                  CompletableFuture.completedFuture(
                      uninterrupted(() -> inner.acquireBlocking(1, Duration.ofDays(1)) != null)));
      time.advance(Duration.ofSeconds(1));
      while (time.pending() == 0) {
        Thread.onSpinWait(); // until the call waits, on the only thread there is, and for how long
      }
      time.advance(Duration.ofHours(1));
      assertThat(blocksTheExecutor.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      one.shutdownNow();
    }
  }

  private static <T> T uninterrupted(Callable<T> work) {
    try {
      return work.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private long together(IntFunction<Callable<Long>> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<Long>> results = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Callable<Long> mine = work.apply(i);
      results.add(
          threads.submit(
              () -> {
                start.await();
                return mine.call();
              }));
    }
    long sum = 0;
    for (Future<Long> result : results) {
      sum += result.get();
    }
    return sum;
  }

  private TokenBucketRateLimiter bucket(long capacity, long initialTokens, Executor executor) {
    return TokenBucketRateLimiter.builder(Rate.perSecond(1))
        .capacity(capacity)
        .initialTokens(initialTokens)
        .timeSource(time)
        .executor(executor)
        .build();
  }
}
