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
  default Stream<DynamicTest> oneWhoLeavesBurnsNothing() {
    return Request.inEveryWay(
        (form, ending) -> {
          Trial it = Trial.of(this, 1);
          final Permit held = it.take(1);
          Request leaver = Request.of(it, form, 1);
          Request next = Request.of(it, form, 1);
          it.settle();
          leaver.end(ending, patience());
          assertThat(waiters(it.limiter)).as("waiters, once one of two has left").isEqualTo(1);
          it.free(held, 1);
          assertThat(next.isGranted()).as("the next is granted").isTrue();
          assertThat(waiters(it.limiter)).isZero();
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
          assertThat(waiters(it.limiter)).isZero();
          assertThat(it.time.pending()).as("timers, once nobody waits").isZero();
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
          assertThat(small).noneMatch(Request::isGranted);
          large.end(ending, patience());
          it.settle();
          assertThat(small).as("two that fit").allMatch(Request::isGranted);
          assertThat(last.isGranted()).as("a third, that does not fit").isFalse();
          assertThat(waiters(it.limiter)).isEqualTo(1);
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
  default Stream<DynamicTest> aGrantEndedBeforeItsDeliveryIsGivenBack() {
    return Request.inEveryWay(
        (form, ending) -> {
          ManualTime executor = new ManualTime();
          Trial it = Trial.of(this, 1, settings -> settings.withExecutor(executor));
          final Permit held = takeOn(it, executor);
          Request leaver = Request.of(it, form, 1);
          it.settle();
          it.free(held, 1);
          assertThat(leaver.isGranted()).as("granted before its executor ran").isFalse();
          leaver.end(ending, patience());
          executor.runTasks();
          it.settle();
          executor.runTasks();
          assertThat(leaver.isGranted() && form == Form.EXECUTE).as("the call started").isFalse();
          assertThat(admitted(it, executor)).as("the permit came back").isTrue();
          assertThat(admitted(it, executor)).as("the permit came back twice").isFalse();
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
          assertThat(next.isGranted()).as("the next").isTrue();
          assertThat(last.isGranted()).as("the one after it").isFalse();
          assertThat(waiters(it.limiter)).isEqualTo(1);
        });
  }

  private static Permit takeOn(Trial it, ManualTime executor) {
    CompletableFuture<Permit> permit = it.limiter.acquire(1);
    it.settle();
    executor.runTasks();
    assertThat(permit).as("a permit that is there").isCompleted();
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
  default void endingAFutureAfterItsGrantDoesNothing() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    CompletableFuture<Permit> granted = it.limiter.acquire();
    it.settle();
    it.free(held, 1);
    assertThat(granted.cancel(true)).isFalse();
    assertThat(granted.completeExceptionally(new IllegalStateException("late"))).isFalse();
    it.settle();
    assertThat(granted).isCompleted();
    assertThat(it.attempt(1)).as("a permit that is out").isEmpty();
  }

  /**
   * Many who left leave nothing behind, neither waiters nor timers.
   *
   * <p>Promises: All 3.
   *
   * @return a test for each case
   */
  @TestFactory
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
                      assertThat(waiters(it.limiter)).isEqualTo(10_000);
                      for (int i = 0; i < line.size(); i++) {
                        line.get(fromTheHead ? i : line.size() - 1 - i).cancel(false);
                      }
                      it.settle();
                      assertThat(waiters(it.limiter)).isZero();
                      assertThat(it.time.pending()).as("timers left behind").isZero();
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
  default void aCancelReachesACallThatIsJustStarting() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<String> running = new CompletableFuture<>();
    List<CompletableFuture<String>> result = new ArrayList<>(); // that the call itself can reach
    result.add(
        it.limiter.execute(
            () -> {
              assertThat(result.get(0).cancel(false)).isTrue();
              return running;
            }));
    it.settle();
    it.free(held, 1);
    assertThat(result.get(0)).isCancelled();
    assertThat(running).as("the call's own future").isCancelled();
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
  default void aCallThatRunsOnAfterItsTimeOutHoldsItsPermitUntilItEnds() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new RunsOn();
    CompletableFuture<Object> result = it.limiter.execute(() -> running);
    it.answers();
    TimeoutException late = new TimeoutException();
    assertThat(result.completeExceptionally(late)).isTrue();
    assertThat(Trial.failure(result)).isSameAs(late);
    assertThat(running).isNotDone();
    assertThat(it.attempt(1)).as("the permit of a call that runs on").isEmpty();
    running.complete("over");
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /** Dependents are plain futures: ending one does not give up the wait. */
  @Test
  default void endingADependentDoesNotGiveUpTheWait() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> waiter = it.limiter.acquire();
    CompletableFuture<Permit> dependent = waiter.thenApply(Function.identity());
    it.settle();
    assertThat(dependent.cancel(true)).isTrue();
    assertThat(waiter.newIncompleteFuture().cancel(true)).isTrue();
    assertThat(waiters(it.limiter)).isEqualTo(1);
    it.free(held, 1);
    assertThat(waiter).isCompleted();
  }

  /**
   * A grant that races with a cancel is never lost and never doubled.
   *
   * <p>Promises: All 3.
   */
  @Test
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
      assertThat(waiter.future().isCancelled()).as("cancelled, as it said").isEqualTo(left);
      if (waiter.isGranted() && left) { // a call that had started already
        it.comeBack(1);
      } else if (waiter.isGranted()) {
        assertThat(it.attempt(1)).as("a second permit of one, in round %s", round).isEmpty();
        waiter.free();
      } else {
        assertThat(left).as("neither granted nor cancelled, in round %s", round).isTrue();
      }
      Optional<Permit> back = it.attempt(1);
      assertThat(back).as("the permit, after round %s", round).isPresent();
      assertThat(it.attempt(1)).as("a second permit of one, in round %s", round).isEmpty();
      it.free(back.get(), 1);
    }
    assertThat(waiters(it.limiter)).isZero();
  }

  private void start(CyclicBarrier barrier) {
    try {
      barrier.await(patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (Exception e) {
      throw new AssertionError("the other thread did not come", e);
    }
  }
}
