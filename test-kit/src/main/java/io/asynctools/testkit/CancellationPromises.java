package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.Permit;
import io.asynctools.testkit.Request.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Ending the future of one who waits costs nothing, in whatever way it is done. */
interface CancellationPromises extends WaiterHooks {

  /**
   * One who leaves is no waiter any more, burns no permit, and holds up nobody.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: a waiter that leaves burns no permit and holds up no other waiter")
  default Stream<DynamicTest> oneWhoLeavesBurnsNothing() {
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.of(this, 1);
          final Permit held = it.take(1);
          Request leaver = Request.of(it, form, 1);
          Request next = Request.of(it, form, 1);
          it.settle();
          leaver.end(ending, patience());
          it.hasWaiters(1);
          it.free(held, 1);
          assertThat(next.isGranted())
              .as("the next waiter must be granted the 1 permit that came back")
              .isTrue();
          it.hasWaiters(0);
          next.free();
          it.admitsExactly(1);
        });
  }

  /**
   * Where all have left, the permit is there for whoever comes; no timer is left.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: when all waiters have left, the permit is free and no timer is left")
  default Stream<DynamicTest> whenAllHaveLeftThePermitIsFree() {
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.of(this, 1);
          final Permit held = it.take(1);
          List<Request> line = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            line.add(Request.of(it, form, 1));
          }
          it.settle();
          for (int i : new int[] {1, 2, 0}) { // from the middle, the tail and the head
            line.get(i).end(ending, patience());
          }
          it.settle();
          it.hasWaiters(0);
          it.hasNoTimers("with 0 waiters");
          it.free(held, 1);
          it.admitsExactly(1);
        });
  }

  /**
   * When the head leaves, those behind it who fit come in at once.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName(
      "All 3: when the head of the wait queue leaves, the waiters that fit are granted at once")
  default Stream<DynamicTest> theHeadsLeavingLetsInThoseWhoFit() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.of(this, 3);
          it.take(1);
          Request large = Request.of(it, form, 3);
          List<Request> small = List.of(Request.of(it, form, 1), Request.of(it, form, 1));
          final Request last = Request.of(it, form, 1);
          it.settle();
          assertThat(small)
              .as("2 small requests must wait behind a large one")
              .noneMatch(Request::isGranted);
          large.end(ending, patience());
          it.settle();
          assertThat(small)
              .as("2 small requests that fit must be granted once the large one has left")
              .allMatch(Request::isGranted);
          assertThat(last.isGranted())
              .as("a third small request must wait, as 2 of 2 free permits are granted")
              .isFalse();
          it.hasWaiters(1);
        });
  }

  /**
   * A grant that was decided and not yet delivered goes back, and its call never starts.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: a grant whose waiter leaves before the delivery is refunded")
  default Stream<DynamicTest> aGrantEndedBeforeItsDeliveryIsGivenBack() {
    return Request.inEveryWay(
        (form, ending) -> {
          ManualTime executor = new ManualTime();
          Trial it = Trial.of(this, 1, settings -> settings.withExecutor(executor));
          final Permit held = takeOn(it, executor);
          Request leaver = Request.of(it, form, 1);
          it.settle();
          it.free(held, 1);
          assertThat(leaver.isGranted())
              .as("a grant must not be delivered before the executor runs")
              .isFalse();
          leaver.end(ending, patience());
          executor.runTasks();
          it.settle();
          executor.runTasks();
          assertThat(leaver.isGranted() && form == Form.EXECUTE)
              .as("a call that was ended before its delivery must not start")
              .isFalse();
          assertThat(admitted(it, executor))
              .as("the 1 permit of a grant that was not delivered must be refunded")
              .isTrue();
          assertThat(admitted(it, executor))
              .as("the 1 permit of a grant that was not delivered must be refunded once")
              .isFalse();
        });
  }

  /**
   * A grant that was decided and not yet delivered goes to the next in line.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: a grant whose waiter leaves before the delivery goes to the next waiter")
  default Stream<DynamicTest> aGrantEndedBeforeItsDeliveryGoesToTheNext() {
    return Request.inEveryWay(
        (form, ending) -> {
          ManualTime executor = new ManualTime();
          Trial it = Trial.of(this, 1, settings -> settings.withExecutor(executor));
          Permit held = takeOn(it, executor);
          Request leaver = Request.of(it, form, 1);
          Request next = Request.of(it, form, 1);
          Request last = Request.of(it, form, 1);
          it.settle();
          it.free(held, 1);
          leaver.end(ending, patience());
          it.settle();
          executor.runTasks();
          assertThat(next.isGranted())
              .as("the refunded permit must go to the next waiter")
              .isTrue();
          assertThat(last.isGranted()).as("1 refunded permit must not grant 2 waiters").isFalse();
          it.hasWaiters(1);
        });
  }

  private static Permit takeOn(Trial it, ManualTime executor) {
    CompletableFuture<Permit> permit = it.limiter.acquire(1);
    it.settle();
    executor.runTasks();
    Trial.isGranted(permit, "a request for a free permit");
    return permit.join();
  }

  private boolean admitted(Trial it, ManualTime executor) {
    CompletableFuture<Permit> permit = it.limiter.acquire(1);
    it.settle();
    executor.runTasks();
    return permit.isDone() || !permit.cancel(false);
  }

  /**
   * Once a permit has been delivered, it is the holder's, whatever happens to the future.
   *
   * <p>Promises: All 3.
   */
  @Test
  @DisplayName("All 3: ending a future after its grant has no effect on the permit")
  default void endingAFutureAfterItsGrantDoesNothing() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    CompletableFuture<Permit> granted = it.limiter.acquire();
    it.settle();
    it.free(held, 1);
    assertThat(granted.cancel(true)).as("a granted future must not be cancelled").isFalse();
    assertThat(granted.completeExceptionally(new IllegalStateException("late")))
        .as("a granted future must not be failed")
        .isFalse();
    it.settle();
    Trial.isGranted(granted, "request 'granted'");
    it.rejects(1, "its 1 permit is out");
  }

  /**
   * Many who left leave nothing behind, neither waiters nor timers.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 3: 10 000 waiters that leave leave no waiter and no timer behind")
  default Stream<DynamicTest> manyWhoLeaveLeaveNothingBehind() {
    return Stream.of(true, false)
        .map(
            fromTheHead ->
                DynamicTest.dynamicTest(
                    fromTheHead ? "from the head" : "from the tail",
                    () -> {
                      Trial it = Trial.of(this, 1);
                      final Permit held = it.take(1);
                      List<CompletableFuture<Permit>> line = new ArrayList<>();
                      for (int i = 0; i < 10_000; i++) {
                        line.add(it.limiter.acquire(1, Trial.LONG));
                      }
                      it.settle();
                      it.hasWaiters(10_000);
                      for (int i = 0; i < line.size(); i++) {
                        line.get(fromTheHead ? i : line.size() - 1 - i).cancel(false);
                      }
                      it.settle();
                      it.hasWaiters(0);
                      it.hasNoTimers("after 10000 waiters have left");
                      it.free(held, 1);
                      it.admitsExactly(1);
                    }));
  }

  /**
   * A call ended while its supplier still runs is ended as soon as there is a stage.
   *
   * <p>Promises: All 4.
   */
  @Test
  @DisplayName("All 4: a cancellation reaches a call that is just starting")
  default void aCancelReachesACallThatIsJustStarting() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<String> running = new CompletableFuture<>();
    List<CompletableFuture<String>> result = new ArrayList<>(); // that the call itself can reach
    result.add(
        it.limiter.execute(
            () -> {
              assertThat(result.get(0).cancel(false))
                  .as("a cancellation of what has not ended must succeed")
                  .isTrue();
              return running;
            }));
    it.settle();
    it.free(held, 1);
    assertThat(result.get(0)).as("the cancellation must reach this future").isCancelled();
    assertThat(running).as("the cancellation must reach this future").isCancelled();
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A call that was ended with an exception but runs on holds its permit until it ends. (Not a
   * promise of every limiter: one that learns from outcomes may act on that exception at once.)
   *
   * <p>Promises: All 4.
   */
  @Test
  @DisplayName("All 4: a call that runs on after its time-out keeps its permit until it ends")
  default void aCallThatRunsOnAfterItsTimeOutHoldsItsPermitUntilItEnds() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new RunsOn();
    CompletableFuture<Object> result = it.limiter.execute(() -> running);
    it.answers();
    TimeoutException late = new TimeoutException();
    assertThat(result.completeExceptionally(late))
        .as("a running call must let its caller end it")
        .isTrue();
    assertThat(Trial.failure(result))
        .as("the failure must be the one instance that was thrown")
        .isSameAs(late);
    Trial.isRunning(running);
    it.rejects(1, "a call that still runs has the 1 permit");
    running.complete("over");
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /** Dependents are plain futures: ending one does not give up the wait. */
  @Test
  @DisplayName("API: ending a dependent of the future of acquire does not end the wait")
  default void endingADependentDoesNotGiveUpTheWait() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> waiter = it.limiter.acquire();
    CompletableFuture<Permit> dependent = waiter.thenApply(Function.identity());
    it.settle();
    assertThat(dependent.cancel(true))
        .as("a cancellation of what has not ended must succeed")
        .isTrue();
    assertThat(waiter.newIncompleteFuture().cancel(true))
        .as("a cancellation of what has not ended must succeed")
        .isTrue();
    it.hasWaiters(1);
    it.free(held, 1);
    Trial.isGranted(waiter, "request 'waiter'");
  }

  /**
   * A grant that races with a cancel is never lost and never doubled.
   *
   * <p>Promises: All 3.
   */
  @Test
  @DisplayName("All 3: a grant that races with a cancellation is never lost and never doubled")
  default void aGrantThatRacesWithACancelIsNeitherLostNorDoubled() {
    Trial it = Trial.of(this, 1);
    for (int round = 0; round < 600; round++) {
      Permit held = it.take(1);
      Request waiter = Request.of(it, round % 2 == 0 ? Form.ACQUIRE : Form.EXECUTE, 1);
      it.settle();
      CyclicBarrier start = new CyclicBarrier(2);
      Aside<Boolean> leaver =
          Aside.start(
              this,
              () -> {
                start.await(patience().toNanos(), TimeUnit.NANOSECONDS);
                return waiter.future().cancel(false);
              });
      start(start);
      it.free(held, 1);
      boolean left = leaver.end(it).join();
      it.settle();
      assertThat(waiter.future().isCancelled())
          .as("a future must be cancelled exactly if cancel returned true, in round %s", round)
          .isEqualTo(left);
      if (waiter.isGranted() && left) { // a call that had started already
        it.comeBack(1);
      } else if (waiter.isGranted()) {
        assertThat(it.attempt(1))
            .as("a limiter of 1 must not grant 2 permits, in round %s", round)
            .isEmpty();
        waiter.free();
      } else {
        assertThat(left).as("a request must be granted or cancelled, in round %s", round).isTrue();
      }
      Optional<Permit> back = it.attempt(1);
      assertThat(back).as("the 1 permit must not be lost, after round %s", round).isPresent();
      assertThat(it.attempt(1))
          .as("a limiter of 1 must not grant 2 permits, in round %s", round)
          .isEmpty();
      it.free(back.get(), 1);
    }
    it.hasWaiters(0);
  }

  private void start(CyclicBarrier barrier) {
    try {
      barrier.await(patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (Exception e) {
      throw new AssertionError("[the limiter must not hold up the other thread]", e);
    }
  }
}
