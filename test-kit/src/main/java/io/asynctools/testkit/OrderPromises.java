package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Waiters hold no thread and are served in order of arrival. */
interface OrderPromises extends WaiterHooks {

  /**
   * Each permit that comes back goes to the oldest waiter, and to nobody else.
   *
   * <p>Promises: All 1, All 2.
   */
  @Test
  default void waitersAreGrantedInOrderOfArrival() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    List<CompletableFuture<Permit>> line = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      line.add(it.limiter.acquire()); // on this thread, which thus never waits
    }
    it.settle();
    assertThat(waiters(it.limiter)).isEqualTo(5);
    for (int next = 0; next < 5; next++) {
      assertThat(line.get(next)).as("waiter %s before its turn", next).isNotDone();
      it.free(held, 1);
      for (int i = 0; i < 5; i++) {
        assertThat(line.get(i).isDone())
            .as("waiter %s after grant %s", i, next)
            .isEqualTo(i <= next);
      }
      held = line.get(next).join();
    }
    assertThat(waiters(it.limiter)).isZero();
    it.free(held, 1);
    it.admitsExactly(1);
  }

  /**
   * Calls start in the order in which they came, those by hand among them.
   *
   * <p>Promises: All 2.
   */
  @Test
  default void callsStartInOrderOfArrival() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    List<Integer> started = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      CompletableFuture<?> asked =
          i % 2 == 0
              ? it.limiter.execute(() -> completedFuture(started.add(number)))
              : it.limiter
                  .acquire()
                  .thenAccept(
                      permit -> {
                        started.add(number);
                        permit.release();
                      });
      assertThat(asked).isNotDone();
    }
    it.settle();
    assertThat(started).isEmpty();
    it.free(held, 1);
    it.comeBack(5);
    assertThat(started).containsExactly(0, 1, 2, 3, 4, 5);
  }

  /**
   * {@code tryAcquire} refuses while anyone waits, though there is a permit for it.
   *
   * <p>Promises: All 2.
   */
  @Test
  default void aTryDoesNotOvertakeAWaiter() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    final Permit held = it.take(2);
    CompletableFuture<Permit> both = it.limiter.acquire(2);
    it.settle();
    assertThat(both).isNotDone();
    assertThat(it.limiter.tryAcquire()).as("a try while somebody waits").isEmpty();
    assertThat(it.limiter.tryAcquire(1)).as("a try while somebody waits").isEmpty();
    it.free(held, 2);
    assertThat(both).isCompleted();
    assertThat(waiters(it.limiter)).isZero();
  }

  /**
   * Nor does {@code acquire(n, ZERO)}, which is refused without a wait.
   *
   * <p>Promises: All 2, All 8.
   */
  @Test
  default void aTryThatExplainsItselfDoesNotOvertakeAWaiter() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    final Permit held = it.take(2);
    CompletableFuture<Permit> both = it.limiter.acquire(2);
    it.settle();
    CompletableFuture<Permit> attempt = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    Trial.refusal(attempt);
    assertThat(waiters(it.limiter)).isEqualTo(1);
    it.free(held, 2);
    assertThat(both).isCompleted();
  }

  /**
   * A large request at the head is not starved by small ones behind it.
   *
   * <p>Promises: All 2.
   */
  @Test
  default void aLargeRequestAtTheHeadIsNotStarved() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    List<Permit> held = List.of(it.take(1), it.take(1), it.take(1));
    CompletableFuture<Permit> large = it.limiter.acquire(3);
    CompletableFuture<Permit> small = it.limiter.acquire(1);
    it.settle();
    for (Permit permit : permitsComeBackTogether() ? held.subList(0, 1) : held) {
      assertThat(large).isNotDone();
      assertThat(small).as("a small request behind a large one").isNotDone();
      it.free(permit, 1);
    }
    assertThat(large).isCompleted();
    assertThat(small).isNotDone();
    it.free(large.join(), 3);
    assertThat(small).isCompleted();
  }

  /**
   * Permits that come back together go to all whom they suffice for.
   *
   * <p>Promises: All 2.
   */
  @Test
  default void permitsThatComeBackTogetherAreAllGranted() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    Permit all = it.take(3);
    List<CompletableFuture<Permit>> line = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      line.add(it.limiter.acquire(1));
    }
    it.settle();
    it.free(all, 3);
    assertThat(line.subList(0, 3)).allMatch(CompletableFuture::isDone);
    assertThat(line.get(3)).isNotDone();
  }
}
