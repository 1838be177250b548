package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Permits, refusals, and when a limiter may be forgotten. */
interface PermitPromises extends LimiterHooks {

  /** What the author said of {@code limiter}: it admits what it has, and no more. */
  @Test
  default void aLimiterAdmitsWhatItHasAndNoMore() {
    Trial it = Trial.of(this, 3);
    it.admitsExactly(3);
    assertThat(it.limiter.tryAcquire()).isEmpty();
  }

  /** A policy's name is the one it was configured with. */
  @Test
  default void aLimiterHasTheNameItWasGiven() {
    assertThat(Trial.of(this, 1).limiter.name()).isEqualTo(Trial.NAME);
  }

  /**
   * {@code acquire(n, ZERO)} is the try that explains itself.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void aTryWithoutAWaitIsGrantedOrSaysWhyNot() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Permit> granted = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    assertThat(granted).isCompleted();
    CompletableFuture<Permit> refused = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    Trial.refusal(refused);
    it.free(granted.join(), 1);
    it.admitsExactly(1);
  }

  /**
   * Only the first end of a permit counts, whatever the later ones are.
   *
   * <p>Promises: All 5.
   *
   * @return a test for each case
   */
  @TestFactory
  default Stream<DynamicTest> aPermitEndsOnce() {
    return Stream.of(
        again("release", Permit::release),
        again("close", Permit::close),
        again("recordSuccess", Permit::recordSuccess),
        again("recordFailure", permit -> permit.recordFailure(new IllegalStateException("late"))),
        again(
            "release by another thread",
            permit ->
                Aside.await(patience(), "a release", Aside.start(this, ender(permit))::isOver)));
  }

  private DynamicTest again(String name, Consumer<Permit> end) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Trial it = Trial.of(this, 2);
          Permit ended = it.take(1);
          it.take(1);
          it.free(ended, 1);
          end.accept(ended);
          it.settle();
          it.admitsExactly(it.back(1));
        });
  }

  private static Callable<Boolean> ender(Permit permit) {
    return () -> {
      permit.release();
      return true;
    };
  }

  /**
   * A permit that many threads end at once has ended once.
   *
   * <p>Promises: All 5.
   */
  @Test
  default void aPermitThatManyThreadsEndAtOnceEndsOnce() {
    int threads = 4;
    for (int round = 0; round < 60; round++) {
      Trial it = Trial.of(this, 2);
      Permit ended = it.take(1);
      it.take(1);
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Aside<Boolean>> enders = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        enders.add(
            Aside.start(
                this,
                () -> {
                  start.await(patience().toNanos(), TimeUnit.NANOSECONDS);
                  return ender(ended).call();
                }));
      }
      for (Aside<Boolean> ender : enders) {
        assertThat(ender.end(it)).isCompletedWithValue(true);
      }
      it.comeBack(1);
      it.admitsExactly(it.back(1));
    }
  }

  /**
   * A permit for several stands for all of them, once.
   *
   * <p>Promises: All 5.
   */
  @Test
  default void aPermitForSeveralGivesThemAllBackOnce() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    Permit two = it.take(2);
    assertThat(it.attempt(2)).as("two where one is left").isEmpty();
    it.take(1);
    it.free(two, 2);
    two.release();
    it.settle();
    it.admitsExactly(it.back(2));
  }

  /**
   * A limiter that refuses what a fresh one would admit is not idle.
   *
   * <p>Promises: All 12.
   */
  @Test
  default void aLimiterThatAFreshOneWouldOutdoIsNotIdle() {
    Trial it = Trial.of(this, 2);
    it.take(1);
    assertThat(it.limiter.isIdle()).as("idle, with one of two permits gone").isFalse();
    it.take(1);
    assertThat(it.limiter.isIdle()).as("idle, with all permits gone").isFalse();
  }

  /**
   * A closed limiter is not idle.
   *
   * <p>Promises: All 12.
   */
  @Test
  default void aClosedLimiterIsNotIdle() {
    Trial it = Trial.of(this, 1);
    it.close();
    assertThat(it.limiter.isIdle()).isFalse();
  }
}
