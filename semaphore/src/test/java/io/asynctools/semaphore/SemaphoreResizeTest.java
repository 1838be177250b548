package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.testkit.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A limit that changes while calls run.
 *
 * <p>Promises: Semaphore 2.
 */
@Tag("unit")
class SemaphoreResizeTest {
  private final ManualTime time = new ManualTime();

  @Test
  void downLeavesRunningCallsAloneAndTakesEffectAsTheyEnd() {
    SemaphoreRateLimiter semaphore = semaphore(3);
    List<CompletableFuture<String>> running = new ArrayList<>();
    List<CompletableFuture<String>> results = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      results.add(
          semaphore.execute(
              () -> {
                running.add(new CompletableFuture<>());
                return running.get(running.size() - 1);
              }));
    }
    semaphore.resize(1); // returns at once, with three out
    time.runTasks();
    assertThat(running).hasSize(3).noneMatch(CompletableFuture::isDone);
    for (int ended = 0; ended < 2; ended++) {
      running.get(ended).complete("over");
      time.runTasks();
      assertThat(running).as("calls started, after %s ended", ended + 1).hasSize(3);
      assertThat(semaphore.availablePermits()).isZero();
    }
    running.get(2).complete("over");
    time.runTasks();
    assertThat(running).hasSize(4);
    running.get(3).complete("over");
    assertThat(results).allSatisfy(result -> assertThat(result).isCompletedWithValue("over"));
    assertThat(semaphore.availablePermits()).isEqualTo(1);
  }

  /** Seen in concurrency-limits 0.5: raised from 1 to 10, none of three waiters was woken. */
  @Test
  void upFromOneToTenLetsInAtOnceAllWhoFit() {
    SemaphoreRateLimiter semaphore = semaphore(1);
    final Permit held = taken(semaphore, 1);
    List<CompletableFuture<Permit>> line = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      line.add(semaphore.acquire());
    }
    semaphore.resize(10);
    time.runTasks();
    assertThat(line.subList(0, 9)).allMatch(CompletableFuture::isDone);
    assertThat(line.subList(9, 11)).noneMatch(CompletableFuture::isDone);
    assertThat(semaphore.waiters()).isEqualTo(2);
    held.release();
    time.runTasks();
    assertThat(line.get(9)).isCompleted();
    assertThat(line.get(10)).isNotDone();
  }

  @Test
  void upLetsInWhoFitsAndKeepsTheOrder() {
    SemaphoreRateLimiter semaphore = semaphore(3);
    taken(semaphore, 2);
    CompletableFuture<Permit> large = semaphore.acquire(3);
    CompletableFuture<Permit> small = semaphore.acquire(1);
    semaphore.resize(4);
    time.runTasks();
    assertThat(large).isNotDone();
    assertThat(small).as("a small one behind a large one").isNotDone();
    semaphore.resize(5);
    time.runTasks();
    assertThat(large).isCompleted();
    assertThat(small).isNotDone();
    semaphore.resize(6);
    time.runTasks();
    assertThat(small).isCompleted();
  }

  /** Promises: All 9. */
  @Test
  void aWaiterThatNoLongerFitsFailsAndThoseBehindItKeepTheirPlace() {
    SemaphoreRateLimiter semaphore = semaphore(5);
    final Permit held = taken(semaphore, 5);
    final CompletableFuture<Permit> first = semaphore.acquire(2);
    CompletableFuture<Permit> tooLarge = semaphore.acquire(3);
    CompletableFuture<String> tooLargeACall = semaphore.execute(4, () -> new CompletableFuture<>());
    final CompletableFuture<Permit> last = semaphore.acquire(1);
    semaphore.resize(2);
    time.runTasks();
    for (CompletableFuture<?> unfit : List.of(tooLarge, tooLargeACall)) {
      assertThat(unfit).isCompletedExceptionally();
      assertThatThrownBy(unfit::join)
          .cause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("between 1 and 2");
    }
    assertThat(semaphore.waiters()).isEqualTo(2);
    held.release();
    time.runTasks();
    assertThat(first).isCompleted();
    assertThat(last).isNotDone();
  }

  /** Promises: All 9. */
  @Test
  void whenTheHeadNoLongerFitsThoseBehindItWhoFitComeIn() {
    SemaphoreRateLimiter semaphore = semaphore(4);
    taken(semaphore, 1);
    CompletableFuture<Permit> head = semaphore.acquire(4);
    CompletableFuture<Permit> next = semaphore.acquire(2);
    semaphore.resize(3);
    time.runTasks();
    assertThat(head).isCompletedExceptionally();
    assertThat(next).isCompleted();
  }

  /** Promises: All 9. */
  @Test
  void aRequestForMoreThanTheLoweredLimitIsRefusedAtTheCall() {
    SemaphoreRateLimiter semaphore = semaphore(4);
    semaphore.resize(2);
    assertThatThrownBy(() -> semaphore.acquire(3)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> semaphore.tryAcquire(3)).isInstanceOf(IllegalArgumentException.class);
    semaphore.resize(3);
    assertThat(semaphore.tryAcquire(3)).isPresent();
  }

  /** Promises: Semaphore 1. */
  @Test
  void whatIsAvailableIsNeverNegative() {
    SemaphoreRateLimiter semaphore = semaphore(Integer.MAX_VALUE);
    final Permit all = taken(semaphore, Integer.MAX_VALUE);
    semaphore.resize(1);
    assertThat(semaphore.availablePermits()).isZero();
    assertThat(semaphore.tryAcquire()).isEmpty();
    semaphore.resize(Integer.MAX_VALUE - 1);
    assertThat(semaphore.availablePermits()).isZero();
    semaphore.resize(7);
    all.release();
    assertThat(semaphore.availablePermits()).isEqualTo(7);
    assertThat(semaphore.tryAcquire(7)).isPresent();
    assertThat(semaphore.tryAcquire()).isEmpty();
  }

  /** Promises: All 12. */
  @Test
  void itIsIdleOnlyOnceItIsAsItWasBuilt() {
    SemaphoreRateLimiter semaphore = semaphore(3);
    assertThat(semaphore.isIdle()).isTrue();
    semaphore.resize(4);
    assertThat(semaphore.isIdle()).isFalse();
    Permit held = taken(semaphore, 1); // as many free as it was built with
    assertThat(semaphore.isIdle()).isFalse();
    semaphore.resize(3);
    assertThat(semaphore.isIdle()).isFalse();
    held.release();
    assertThat(semaphore.isIdle()).isTrue();
    semaphore.resize(2);
    assertThat(semaphore.isIdle()).isFalse();
  }

  @Test
  void aLimitBelowOneIsRefusedAndNothingIsLost() {
    SemaphoreRateLimiter semaphore = semaphore(2);
    final Permit held = taken(semaphore, 1);
    for (int limit : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertThatThrownBy(() -> semaphore.resize(limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("maxConcurrent must be at least 1, was " + limit);
    }
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    held.release();
    assertThat(semaphore.tryAcquire(2)).isPresent();
  }

  /** Promises: All 10. */
  @Test
  void aClosedOneCanBeResizedAndStaysClosed() {
    SemaphoreRateLimiter semaphore = semaphore(1);
    semaphore.close();
    semaphore.resize(2);
    assertThat(semaphore.tryAcquire()).isEmpty();
    assertThat(semaphore.isIdle()).isFalse();
  }

  private SemaphoreRateLimiter semaphore(int maxConcurrent) {
    return SemaphoreRateLimiter.builder(maxConcurrent).timeSource(time).executor(time).build();
  }

  private static Permit taken(SemaphoreRateLimiter semaphore, int permits) {
    return semaphore.tryAcquire(permits).orElseThrow();
  }
}
