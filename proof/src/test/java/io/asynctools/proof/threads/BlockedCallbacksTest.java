package io.asynctools.proof.threads;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callbacks that block the default executor delay neither a grant nor a rejection nor a time-out.
 *
 * <p>Promises: All 7.
 */
class BlockedCallbacksTest {
  private static final Duration WAIT = Duration.ofMillis(40);
  private static final Duration LATEST = Duration.ofMillis(20);
  private static final int ROUNDS = 5; // the best counts, as other programs share the machine

  private final int processors = Runtime.getRuntime().availableProcessors();
  private final CountDownLatch end = new CountDownLatch(1);
  private final Set<Thread> blocked = ConcurrentHashMap.newKeySet();

  @Test
  @Tag("unit")
  void callbacksThatWaitForOtherGrantsEnd() throws Exception {
    SemaphoreRateLimiter first = SemaphoreRateLimiter.builder(1).build();
    TokenBucketRateLimiter second =
        TokenBucketRateLimiter.builder(Rate.perSecond(1_000)).capacity(1).build();
    first.tryAcquire();
    List<CompletableFuture<Void>> ended = new ArrayList<>();
    for (int i = 0; i < 4 * processors; i++) {
      ended.add(first.acquire().thenAccept(permit -> second.acquire().join()));
    }

    first.resize(1 + ended.size());

    CompletableFuture.allOf(ended.toArray(CompletableFuture<?>[]::new)).get(1, TimeUnit.MINUTES);
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(ints = {1, 2, 32})
  void grantsRejectionsAndTimeoutsAreHeardInTime(int timesProcessors) throws Exception {
    Duration best = Duration.ofSeconds(Long.MAX_VALUE);
    List<CompletableFuture<Void>> callbacks = new ArrayList<>();
    for (int round = 0; round < ROUNDS && best.compareTo(LATEST) > 0; round++) {
      callbacks.addAll(block(timesProcessors * processors));
      Duration worst = worstDelay();
      best = worst.compareTo(best) < 0 ? worst : best;
    }
    System.out.printf("%d x processors blocked: heard after %s%n", timesProcessors, best);

    assertThat(best).isLessThanOrEqualTo(LATEST);

    end.countDown();
    CompletableFuture.allOf(callbacks.toArray(CompletableFuture<?>[]::new))
        .get(1, TimeUnit.MINUTES);
    assertThat(blocked).isNotEmpty();
    for (Thread thread : blocked) {
      thread.join(TimeUnit.MINUTES.toMillis(1));
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }

  /** Has callbacks of waiters block. */
  private List<CompletableFuture<Void>> block(int count) {
    SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(1).build();
    semaphore.tryAcquire();
    List<CompletableFuture<Void>> callbacks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      callbacks.add(semaphore.acquire().thenRun(this::block));
    }
    semaphore.resize(1 + count);
    return callbacks;
  }

  private void block() {
    blocked.add(Thread.currentThread());
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** How much later than its time the last of a grant, a rejection and a time-out is heard. */
  private static Duration worstDelay() throws Exception {
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(new Rate(1, WAIT)).capacity(1).build();
    SemaphoreRateLimiter full = SemaphoreRateLimiter.builder(1).maxWait(WAIT).build();
    Retry retry = Retry.builder().maxAttempts(1).attemptTimeout(WAIT).build();
    full.tryAcquire();
    bucket.tryAcquire();
    long start = System.nanoTime();
    List<CompletableFuture<Long>> heard =
        List.of(
            bucket.acquire().handle((permit, error) -> System.nanoTime()),
            full.acquire().handle((permit, error) -> System.nanoTime()),
            retry
                .execute(CompletableFuture<String>::new)
                .handle((value, error) -> System.nanoTime()));
    long last = start;
    for (CompletableFuture<Long> one : heard) {
      last = Math.max(last, one.get(1, TimeUnit.MINUTES));
    }
    return Duration.ofNanos(last - start).minus(WAIT);
  }
}
