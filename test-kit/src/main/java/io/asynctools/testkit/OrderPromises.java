package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Waiters hold no thread and are served in order of arrival. */
interface OrderPromises extends WaiterHooks {

  /**
   * Each permit that comes back goes to the oldest waiter, and to nobody else.
   *
   * <p>Promises: All 1, All 2.
   */
  @Test
  @DisplayName("All 1, All 2: waiters hold no thread and are granted in order of arrival")
  default void waitersAreGrantedInOrderOfArrival() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    List<CompletableFuture<Permit>> line = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      line.add(it.limiter.acquire()); // on this thread, which thus never waits
    }
    it.settle();
    it.hasWaiters(5);
    for (int next = 0; next < 5; next++) {
      assertThat(line.get(next)).as("waiter %s of 5 must wait for its turn", next + 1).isNotDone();
      it.free(held, 1);
      for (int i = 0; i < 5; i++) {
        assertThat(line.get(i).isDone())
            .as(
                "waiter %s of 5 must be granted exactly if %s grants have reached it",
                i + 1, next + 1)
            .isEqualTo(i <= next);
      }
      held = line.get(next).join();
    }
    it.hasWaiters(0);
    it.free(held, 1);
    it.admitsExactly(1);
  }

  /**
   * Calls start in the order in which they came, those by hand among them.
   *
   * <p>Promises: All 2.
   */
  @Test
  @DisplayName("All 2: calls start in order of arrival")
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
      Trial.waits(asked, "request 'asked'");
    }
    it.settle();
    assertThat(started).as("0 of 6 calls must start while the permit is out").isEmpty();
    it.free(held, 1);
    it.comeBack(5);
    assertThat(started)
        .as("6 calls must start in order of arrival")
        .containsExactly(0, 1, 2, 3, 4, 5);
  }

  /**
   * {@code tryAcquire} refuses while anyone waits, though there is a permit for it.
   *
   * <p>Promises: All 2.
   */
  @Test
  @DisplayName("All 2: tryAcquire is rejected while a request waits, though a permit is free")
  default void aTryDoesNotOvertakeAWaiter() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    final Permit held = it.take(2);
    CompletableFuture<Permit> both = it.limiter.acquire(2);
    it.settle();
    Trial.waits(both, "request 'both'");
    it.triesInVain(it.limiter.tryAcquire());
    it.triesInVain(it.limiter.tryAcquire(1));
    it.free(held, 2);
    Trial.isGranted(both, "request 'both'");
    it.hasWaiters(0);
  }

  /**
   * Nor does {@code acquire(n, ZERO)}, which is refused without a wait.
   *
   * <p>Promises: All 2, All 8.
   */
  @Test
  @DisplayName(
      "All 2, All 8: acquire(n, ZERO) is rejected while a request waits, though a permit is free")
  default void aTryThatExplainsItselfDoesNotOvertakeAWaiter() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    final Permit held = it.take(2);
    CompletableFuture<Permit> both = it.limiter.acquire(2);
    it.settle();
    CompletableFuture<Permit> attempt = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    Trial.refusal(attempt);
    it.hasWaiters(1);
    it.free(held, 2);
    Trial.isGranted(both, "request 'both'");
  }

  /**
   * A large request at the head is not starved by small ones behind it.
   *
   * <p>Promises: All 2.
   */
  @Test
  @DisplayName("All 2: small requests behind a large one do not starve it")
  default void aLargeRequestAtTheHeadIsNotStarved() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    List<Permit> held = List.of(it.take(1), it.take(1), it.take(1));
    CompletableFuture<Permit> large = it.limiter.acquire(3);
    CompletableFuture<Permit> small = it.limiter.acquire(1);
    it.settle();
    for (Permit permit : permitsComeBackTogether() ? held.subList(0, 1) : held) {
      Trial.waits(large, "request 'large'");
      Trial.waits(small, "a small request behind a large one");
      it.free(permit, 1);
    }
    Trial.isGranted(large, "request 'large'");
    Trial.waits(small, "request 'small'");
    it.free(large.join(), 3);
    Trial.isGranted(small, "request 'small'");
  }

  /**
   * Permits that come back together go to all whom they suffice for.
   *
   * <p>Promises: All 2.
   */
  @Test
  @DisplayName("All 2: permits that come back together are all granted")
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
    assertThat(line.subList(0, 3))
        .as("3 permits that come back together must grant 3 waiters")
        .allMatch(CompletableFuture::isDone);
    assertThat(line.get(3))
        .as("a fourth waiter must wait, as 3 of 3 permits are granted")
        .isNotDone();
  }
}
