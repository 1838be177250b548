package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Under many threads: never more out than may be, and in the end all are back.
 *
 * <p>Promises: Semaphore 1.
 */
@Tag("unit")
@Timeout(60)
class SemaphoreConcurrencyTest {
  private static final int THREADS = 4;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicInteger out = new AtomicInteger(); // counted inside, so never too high
  private final AtomicInteger mostOut = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void triesNeverBringOutMoreThanThereAre() throws Exception {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(5).build();
    int granted =
        together(
            thread ->
                () -> {
                  int mine = 0;
                  for (int i = 0; i < 20_000; i++) {
                    int permits = 1 + i % 3;
                    Optional<Permit> permit = semaphore.tryAcquire(permits);
                    if (permit.isPresent()) {
                      holdAndRelease(permit.get(), permits);
                      mine++;
                    }
                  }
                  return mine;
                });
    assertThat(granted).isPositive();
    assertThat(mostOut.get()).isBetween(1, 5);
    assertThat(semaphore.availablePermits()).isEqualTo(5);
    assertThat(semaphore.isIdle()).isTrue();
  }

  @Test
  void threadsThatWaitAreAllServedAndNeverMoreAtOnceThanMayBe() throws Exception {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(3).build();
    int served =
        together(
            thread ->
                () -> {
                  for (int i = 0; i < 5_000; i++) {
                    int permits = 1 + (i + thread) % 3;
                    semaphore.call(
                        permits,
                        () -> {
                          comesOut(permits);
                          out.addAndGet(-permits);
                          return null;
                        });
                  }
                  return 5_000;
                });
    assertThat(served).isEqualTo(THREADS * 5_000);
    assertThat(mostOut.get()).isBetween(1, 3);
    assertThat(semaphore.isIdle()).isTrue();
  }

  /** Promises: Semaphore 1, All 3. */
  @Test
  void waitersThatComeAndGiveUpLoseNothingAndGainNothing() throws Exception {
    SemaphoreRateLimiter semaphore =
        SemaphoreRateLimiter.builder(2).executor(Runnable::run).build();
    AtomicInteger granted = new AtomicInteger();
    int gaveUp =
        together(
            thread ->
                () -> {
                  int left = 0;
                  for (int i = 0; i < 20_000; i++) {
                    CompletableFuture<Permit> waiter = semaphore.acquire();
                    waiter.thenAccept(
                        permit -> {
                          granted.incrementAndGet();
                          holdAndRelease(permit, 1);
                        });
                    if (i % 2 == 0 && waiter.cancel(false)) {
                      left++;
                    }
                  }
                  return left;
                });
    assertThat(granted.get() + gaveUp).isEqualTo(THREADS * 20_000);
    assertThat(mostOut.get()).isBetween(1, 2);
    assertThat(semaphore.waiters()).isZero();
    assertThat(semaphore.isIdle()).isTrue();
  }

  /**
   * Where one permit may be out and is mine, nobody else has one, whatever the limit was before.
   *
   * <p>Promises: Semaphore 2.
   */
  @Test
  void afterALimitWasLoweredNoGrantIsCountedAgainstTheOldOne() throws Exception {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(1).build();
    int exclusive =
        together(
            thread ->
                () -> {
                  int mine = 0;
                  for (int i = 0; i < 5_000; i++) {
                    if (thread > 0) {
                      semaphore.tryAcquire().ifPresent(permit -> holdAndRelease(permit, 1));
                      continue;
                    }
                    semaphore.resize(THREADS);
                    semaphore.tryAcquire().ifPresent(permit -> holdAndRelease(permit, 1));
                    semaphore.resize(1);
                    Permit only = semaphore.acquireBlocking();
                    assertThat(out.get()).as("out besides the only one").isZero();
                    only.release();
                    mine++;
                  }
                  return mine;
                });
    assertThat(exclusive).isEqualTo(5_000);
    assertThat(mostOut.get()).isBetween(1, THREADS);
    assertThat(semaphore.isIdle()).isTrue();
  }

  /** Promises: Semaphore 2. */
  @Test
  void resizesAgainstEachOtherKeepCount() throws Exception {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(3).build();
    together(
        thread ->
            () -> {
              for (int i = 0; i < 100_000; i++) {
                semaphore.resize(1 + (i + thread) % 4);
                semaphore.tryAcquire().ifPresent(permit -> holdAndRelease(permit, 1));
              }
              return 0;
            });
    assertThat(mostOut.get()).isBetween(1, 4);
    semaphore.resize(3);
    assertThat(semaphore.availablePermits()).isEqualTo(3);
    assertThat(semaphore.isIdle()).isTrue();
  }

  private void holdAndRelease(Permit permit, int permits) {
    comesOut(permits);
    out.addAndGet(-permits);
    permit.release();
  }

  private void comesOut(int permits) {
    int now = out.addAndGet(permits);
    if (now > mostOut.get()) {
      mostOut.accumulateAndGet(now, Math::max);
    }
  }

  private int together(IntFunction<Callable<Integer>> work) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<Integer>> results = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Callable<Integer> mine = work.apply(i);
      results.add(
          threads.submit(
              () -> {
                start.await();
                return mine.call();
              }));
    }
    int sum = 0;
    for (Future<Integer> result : results) {
      sum += result.get(30, TimeUnit.SECONDS);
    }
    return sum;
  }
}
