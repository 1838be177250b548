package io.asynctools.semaphore;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who gets the permits that come back.
 *
 * <p>Promises: Semaphore 1.
 */
@Tag("unit")
class WaitersTest {
  private final ManualTime time = new ManualTime();

  /** Failsafe #365: with one permit, the third of three calls was never run. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void threeCallsUnderOnePermitAllRunOneAfterAnother(boolean onTheThreadAtHand) {
    SemaphoreRateLimiter semaphore = semaphore(1, onTheThreadAtHand ? Runnable::run : time);
    List<CompletableFuture<Integer>> running = new ArrayList<>();
    List<CompletableFuture<Integer>> results = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      results.add(
          semaphore.execute(
              () -> {
                running.add(new CompletableFuture<>());
                return running.get(running.size() - 1);
              }));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(running).as("calls started after %s ended", i).hasSize(i + 1);
      running.get(i).complete(i);
      time.runTasks();
    }
    assertThat(results).extracting(result -> result.getNow(null)).containsExactly(0, 1, 2);
    assertThat(semaphore.isIdle()).isTrue();
  }

  /** Failsafe #365, where each call has ended by the time it has started. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void threeCallsThatEndAtOnceAllRun(boolean onTheThreadAtHand) {
    SemaphoreRateLimiter semaphore = semaphore(1, onTheThreadAtHand ? Runnable::run : time);
    final Permit held = taken(semaphore, 1);
    List<Integer> started = new ArrayList<>();
    List<CompletableFuture<Boolean>> results = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      results.add(semaphore.execute(() -> completedFuture(started.add(number))));
    }
    assertThat(started).isEmpty();
    held.release();
    time.runTasks();
    assertThat(started).containsExactly(0, 1, 2);
    assertThat(results).allSatisfy(result -> assertThat(result).isCompletedWithValue(true));
    assertThat(semaphore.isIdle()).isTrue();
  }

  /**
   * A permit that is released in the callback of its grant grants the next, and so on.
   *
   * <p>Promises: All 7.
   */
  @Test
  void aHundredThousandReleasedOneByOneDeepenNoStack() {
    SemaphoreRateLimiter semaphore = semaphore(1, Runnable::run);
    final Permit held = taken(semaphore, 1);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      int number = i;
      if (i % 2 == 0) {
        semaphore
            .acquire()
            .thenAccept(
                permit -> {
                  order.add(number);
                  permit.release();
                });
      } else {
        semaphore.execute(() -> completedFuture(order.add(number)));
      }
    }
    held.release();
    assertThat(order).hasSize(100_000).isSorted();
    assertThat(semaphore.isIdle()).isTrue();
  }

  /** Promises: All 2. */
  @Test
  void aLargeRequestAtTheHeadIsNotStarvedBySmallOnes() {
    SemaphoreRateLimiter semaphore = semaphore(3, time);
    List<Permit> held = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      held.add(taken(semaphore, 1));
    }
    CompletableFuture<Permit> large = semaphore.acquire(3);
    List<CompletableFuture<Permit>> small = new ArrayList<>();
    for (Permit permit : held) {
      small.add(semaphore.acquire());
      assertThat(semaphore.tryAcquire()).as("a newcomer, while somebody waits").isEmpty();
      assertThat(large).isNotDone();
      permit.release();
      time.runTasks();
      assertThat(small).noneMatch(CompletableFuture::isDone);
    }
    assertThat(large).isCompleted();
    large.join().release();
    time.runTasks();
    assertThat(small).allMatch(CompletableFuture::isDone);
  }

  /** Promises: All 3. */
  @Test
  void whenALargeHeadLeavesSeveralSmallOnesGoAtOnce() {
    SemaphoreRateLimiter semaphore = semaphore(4, time);
    taken(semaphore, 1);
    CompletableFuture<Permit> large = semaphore.acquire(4);
    List<CompletableFuture<Permit>> small =
        List.of(semaphore.acquire(), semaphore.acquire(2), semaphore.acquire());
    time.runTasks();
    assertThat(small).noneMatch(CompletableFuture::isDone);
    large.cancel(false);
    time.runTasks();
    assertThat(small).extracting(CompletableFuture::isDone).containsExactly(true, true, false);
    assertThat(semaphore.availablePermits()).isZero();
  }

  /** Promises: All 8. */
  @Test
  void aRefusalSaysWhyAndNotWhenToComeBackWhichNobodyKnows() {
    SemaphoreRateLimiter semaphore =
        SemaphoreRateLimiter.builder(1).maxWaiters(1).timeSource(time).executor(time).build();
    taken(semaphore, 1);
    final CompletableFuture<Permit> waiter = semaphore.acquire(1, Duration.ofSeconds(1));
    refused(semaphore.acquire(1, Duration.ZERO), Reason.CONCURRENCY);
    refused(semaphore.acquire(), Reason.QUEUE_FULL);
    assertThat(semaphore.estimateWait(1)).isZero();
    time.advance(Duration.ofSeconds(1));
    refused(waiter, Reason.CONCURRENCY);
  }

  private static void refused(CompletableFuture<?> future, Reason reason) {
    assertThat(future).isCompletedExceptionally();
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.retryAfter()).isEmpty();
              assertThat(e.limiter()).isEqualTo("semaphore");
            });
  }

  private SemaphoreRateLimiter semaphore(int maxConcurrent, Executor executor) {
    return SemaphoreRateLimiter.builder(maxConcurrent).timeSource(time).executor(executor).build();
  }

  private static Permit taken(SemaphoreRateLimiter semaphore, int permits) {
    return semaphore.tryAcquire(permits).orElseThrow();
  }
}
