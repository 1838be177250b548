package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Threads that are interrupted at any moment while they wait in the blocking forms, while permits
 * come and go: what an interrupted wait had asked for goes back, and no interrupt is lost. Real
 * threads and races, but nothing that depends on how long they take.
 *
 * <p>Promises: All 11, All 3.
 */
@Tag("unit")
class InterruptsTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 1_500;
  private static final int ENOUGH = 100; // waits that were interrupted

  /** Something that blocks; true if it had its permit. */
  private interface Blocking {
    void run() throws InterruptedException;
  }

  private final AtomicReference<Throwable> wrong = new AtomicReference<>();
  private final AtomicInteger interrupted = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** Threads that do it over and over, and others that interrupt them. */
  private void hammer(Blocking blocking) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int round = 0; round < ROUNDS || isTooCalm(round); round++) {
                    once(blocking);
                  }
                } catch (Throwable e) {
                  wrong.compareAndSet(null, e);
                } finally {
                  over.countDown();
                }
              },
              "interrupted-" + i);
      thread.setDaemon(true);
      threads.add(thread);
    }
    threads.forEach(Thread::start);
    while (!over.await(0, TimeUnit.NANOSECONDS)) {
      threads.get(ThreadLocalRandom.current().nextInt(THREADS)).interrupt();
      for (int spin = ThreadLocalRandom.current().nextInt(2_000); spin > 0; spin--) {
        Thread.onSpinWait();
      }
    }
    assertThat(wrong.get()).isNull();
    assertThat(interrupted.get()).as("interrupts that ended a wait").isPositive();
  }

  /** Where threads hardly ever wait, they need more rounds to be interrupted while they do. */
  private boolean isTooCalm(int round) {
    return interrupted.get() < ENOUGH && round < 1_000 * ROUNDS;
  }

  private void once(Blocking blocking) {
    try {
      blocking.run();
    } catch (InterruptedException e) {
      interrupted.incrementAndGet();
    }
  }

  private void enter(int limit) {
    int now = inside.incrementAndGet();
    most.accumulateAndGet(now, Math::max);
    if (now > limit) {
      wrong.compareAndSet(null, new AssertionError(now + " inside, of " + limit));
    }
  }

  @Test
  void aSemaphoreLosesNoPermit() throws InterruptedException {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(1).build();
    hammer(
        () -> {
          Permit permit = semaphore.acquireBlocking();
          enter(1);
          inside.decrementAndGet();
          permit.release();
        });
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    assertThat(semaphore.waiters()).isZero();
  }

  @Test
  void aSemaphoresCallsLoseNoPermit() throws InterruptedException {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(1).build();
    hammer(
        () ->
            semaphore.<Object, InterruptedException>call(
                () -> {
                  enter(1);
                  inside.decrementAndGet();
                  return this;
                }));
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    assertThat(semaphore.waiters()).isZero();
  }

  @Test
  void aKeysSemaphoreLosesNoPermit() throws InterruptedException {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> limiters =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofNanos(1))
            .cleanupInterval(Duration.ofMillis(1))
            .build(key -> SemaphoreRateLimiter.builder(1).build());
    AsyncRateLimiter view = limiters.forKey("key");
    hammer(
        () -> {
          Permit permit = view.acquireBlocking();
          enter(1);
          inside.decrementAndGet();
          permit.release();
        });
    assertThat(view.tryAcquire()).as("the permit").isPresent();
    limiters.close();
  }

  @Test
  void aBucketGrantsNoMoreAndNobodyWaitsOn() throws InterruptedException {
    long begun = System.nanoTime();
    AtomicInteger granted = new AtomicInteger();
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(20_000)).capacity(1).build();
    hammer(
        () -> {
          bucket.acquireBlocking();
          granted.incrementAndGet();
        });
    double allowed = 1 + 20_000 * ((System.nanoTime() - begun) / 1e9);
    assertThat((double) granted.get()).isLessThanOrEqualTo(allowed);
    assertThat(bucket.waiters()).isZero();
  }

  @Test
  void aRetryOverASemaphoreLosesNoPermit() throws InterruptedException {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(1).build();
    Retry retry =
        Retry.builder()
            .maxAttempts(3)
            .initialDelay(Duration.ofNanos(1_000))
            .attemptTimeout(Duration.ofMillis(1))
            .timeSource(TimeSource.system())
            .build();
    hammer(
        () -> {
          try {
            retry.<Object, InterruptedException>call(
                () ->
                    semaphore.<Object, InterruptedException>call(
                        () -> {
                          enter(1);
                          inside.decrementAndGet();
                          if (ThreadLocalRandom.current().nextInt(3) == 0) {
                            throw new IllegalStateException("failed");
                          }
                          return this;
                        }));
          } catch (IllegalStateException e) {
            // the last attempt failed
          } catch (Exception e) {
            if (e instanceof InterruptedException interrupt) {
              throw interrupt;
            } // else a time-out, which is not declared
          }
        });
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    assertThat(semaphore.waiters()).isZero();
  }
}
