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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Permits, refusals, and when a limiter may be forgotten. */
interface PermitPromises extends LimiterHooks {

  /** What the author said of {@code limiter}: it admits what it has, and no more. */
  @Test
  @DisplayName("API: a limiter grants the permits it was made with and no more")
  default void aLimiterAdmitsWhatItHasAndNoMore() {
    Trial it = Trial.of(this, 3);
    it.admitsExactly(3);
    it.triesInVain(it.limiter.tryAcquire());
  }

  /** A policy's name is the one it was configured with. */
  @Test
  @DisplayName("API: name() is the name of the settings")
  default void aLimiterHasTheNameItWasGiven() {
    assertThat(Trial.of(this, 1).limiter.name())
        .as("name() must be the name of the settings, '%s'", Trial.NAME)
        .isEqualTo(Trial.NAME);
  }

  /**
   * {@code acquire(n, ZERO)} is the try that explains itself.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: acquire(n, ZERO) is granted, or rejected with the reason")
  default void aTryWithoutAWaitIsGrantedOrSaysWhyNot() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Permit> granted = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    Trial.isGranted(granted, "request 'granted'");
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
  @DisplayName("All 5: a permit ends once; a second end has no effect")
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
  @DisplayName("All 5: a permit that several threads end at once ends once")
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
        assertThat(ender.end(it))
            .as("the call's own value must come out of its future")
            .isCompletedWithValue(true);
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
  @DisplayName("All 5: a permit for several returns all of them, once")
  default void aPermitForSeveralGivesThemAllBackOnce() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    Permit two = it.take(2);
    it.rejects(2, "1 permit is left");
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
  @DisplayName("All 12: a limiter that rejects what a fresh one would grant is not idle")
  default void aLimiterThatAFreshOneWouldOutdoIsNotIdle() {
    Trial it = Trial.of(this, 2);
    it.take(1);
    assertThat(it.limiter.isIdle())
        .as("a limiter must not be idle with 1 of 2 permits out")
        .isFalse();
    it.take(1);
    assertThat(it.limiter.isIdle())
        .as("a limiter must not be idle with 2 of 2 permits out")
        .isFalse();
  }

  /**
   * A closed limiter is not idle.
   *
   * <p>Promises: All 12.
   */
  @Test
  @DisplayName("All 12: a closed limiter is not idle")
  default void aClosedLimiterIsNotIdle() {
    Trial it = Trial.of(this, 1);
    it.close();
    assertThat(it.limiter.isIdle()).as("a closed limiter must not be idle").isFalse();
  }
}
