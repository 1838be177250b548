package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What {@code execute} does with a call, and what it hands through. */
interface CallPromises extends LimiterHooks {

  /** A call's value comes out as it is, null too, and the permit ends. */
  @Test
  @DisplayName("API: execute hands through the value of a call, null included")
  default void aCallsValueComesOut() {
    Trial it = Trial.impatient(this, 1);
    for (@Nullable String value : new @Nullable String[] {"value", null}) {
      CompletableFuture<@Nullable String> result = it.limiter.execute(() -> completedFuture(value));
      it.answers();
      assertThat(result)
          .as("the call's own value must come out of its future")
          .isCompletedWithValue(value);
      it.comeBack(1);
    }
    it.admits(1);
  }

  /**
   * What a call's supplier throws is the future's failure, and the permit ends.
   *
   * <p>Promises: All 6.
   */
  @Test
  @DisplayName("All 6: an exception of a supplier fails the future, and the permit is released")
  default void aSupplierThatThrowsFailsTheFutureAndLeaksNothing() {
    Trial it = Trial.impatient(this, 1);
    RuntimeException thrown = new IllegalStateException("thrown by a supplier");
    failsWith(
        it,
        thrown,
        () -> {
          throw thrown;
        });
    it.admitsExactly(1);
  }

  /**
   * An {@code Error} too.
   *
   * <p>Promises: All 6.
   */
  @Test
  @DisplayName("All 6: an Error of a supplier fails the future, and the permit is released")
  default void aSupplierThatThrowsAnErrorFailsTheFutureAndLeaksNothing() {
    Trial it = Trial.impatient(this, 1);
    Error thrown = new AssertionError("thrown by a supplier");
    failsWith(
        it,
        thrown,
        () -> {
          throw thrown;
        });
    it.admitsExactly(1);
  }

  /**
   * Null in place of a stage fails the future, and the permit ends.
   *
   * <p>Promises: All 6.
   */
  @Test
  @SuppressWarnings("NullAway")
  @DisplayName("All 6: null in place of a stage fails the future, and the permit is released")
  default void nullInPlaceOfAStageFailsTheFutureAndLeaksNothing() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<String> result = it.limiter.execute(() -> null);
    it.answers();
    assertThat(Trial.failure(result))
        .as("the failure must be of type NullPointerException")
        .isInstanceOf(NullPointerException.class);
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A stage that fails fails the future with the same exception, and the permit ends.
   *
   * <p>Promises: All 6.
   */
  @Test
  @DisplayName(
      "All 6: a stage that fails fails the future with the same exception, and the permit is released")
  default void aStageThatFailsFailsTheFutureAndLeaksNothing() {
    Trial it = Trial.impatient(this, 1);
    Exception failure = new Exception("of the stage");
    failsWith(it, failure, () -> failedFuture(failure));
    it.admitsExactly(1);
  }

  /**
   * Where a dependent stage wrapped the exception, the real one comes out.
   *
   * <p>Promises: All 6.
   */
  @Test
  @DisplayName("All 6: a wrapped failure of a stage comes out unwrapped")
  default void theCauseOfAWrappedFailureComesOut() {
    Trial it = Trial.impatient(this, 1);
    Exception failure = new Exception("of the first stage");
    failsWith(it, failure, () -> failedFuture(failure).thenApply(Function.identity()));
    it.admitsExactly(1);
  }

  private static void failsWith(
      Trial it, Throwable failure, Supplier<? extends CompletionStage<Object>> call) {
    CompletableFuture<Object> result = it.limiter.execute(call);
    it.answers();
    assertThat(Trial.failure(result))
        .as("the failure must be the one instance that was thrown")
        .isSameAs(failure);
    it.comeBack(1);
  }

  /**
   * A call that is refused is not started, and its future says who refused and why.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: a rejected call does not start, and its future says why")
  default void aRefusedCallIsNotStarted() {
    Trial it = Trial.impatient(this, 1);
    it.take(1);
    AtomicInteger started = new AtomicInteger();
    CompletableFuture<Integer> result =
        it.limiter.execute(() -> completedFuture(started.incrementAndGet()));
    it.answers();
    Trial.refusal(result);
    assertThat(started).as("0 calls must start without a permit").hasValue(0);
  }

  /** A call takes what it says it costs. */
  @Test
  @DisplayName("API: execute(n, call) takes n permits")
  default void aCallTakesThePermitsItAsksFor() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = it.limiter.execute(2, () -> running);
    it.answers();
    it.rejects(2, "a running call has 2 of 3 permits");
    running.complete("over");
    assertThat(result)
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("over");
    it.comeBack(2);
    it.admitsExactly(3);
  }

  /**
   * Cancelling what {@code execute} returned cancels the call's own future.
   *
   * <p>Promises: All 4.
   */
  @Test
  @DisplayName("All 4: cancelling the future of execute cancels the running call")
  default void aCancelReachesTheRunningCall() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    assertThat(result.cancel(true))
        .as("a cancellation of what has not ended must succeed")
        .isTrue();
    assertThat(result).as("the cancellation must reach this future").isCancelled();
    assertThat(running).as("the cancellation must reach this future").isCancelled();
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * Ending it with another exception ends the call's own future with the same one.
   *
   * <p>Promises: All 4.
   */
  @Test
  @DisplayName(
      "All 4: ending the future of execute with an exception ends the running call with it")
  default void anExceptionFromOutsideReachesTheRunningCall() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    TimeoutException late = new TimeoutException();
    assertThat(result.completeExceptionally(late))
        .as("a running call must let its caller end it")
        .isTrue();
    assertThat(Trial.failure(result))
        .as("the failure must be the one instance that was thrown")
        .isSameAs(late);
    assertThat(Trial.failure(running))
        .as("the failure must be the one instance that was thrown")
        .isSameAs(late);
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * Ending it with a value counts as a cancel inside.
   *
   * <p>Promises: All 4.
   */
  @Test
  @DisplayName("All 4: ending the future of execute with a value cancels the running call")
  default void aValueFromOutsideCancelsTheRunningCall() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    assertThat(result.complete("from outside"))
        .as("a running call must let its caller end it")
        .isTrue();
    assertThat(result)
        .as("the value that ended the future from outside must stand")
        .isCompletedWithValue("from outside");
    assertThat(running).as("the cancellation must reach this future").isCancelled();
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A call that cannot be ended from outside holds its permit until it has ended.
   *
   * <p>Promises: All 4.
   */
  @Test
  @DisplayName("All 4: a call that runs on after its cancellation keeps its permit until it ends")
  default void aCallThatCannotBeCancelledHoldsItsPermitUntilItEnds() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new RunsOn();
    CompletableFuture<Object> result = run(it, running);
    assertThat(result.cancel(true))
        .as("a cancellation of what has not ended must succeed")
        .isTrue();
    assertThat(result).as("the cancellation must reach this future").isCancelled();
    Trial.isRunning(running);
    it.rejects(1, "a call that still runs has the 1 permit");
    running.complete("over");
    it.comeBack(1);
    it.admitsExactly(1);
  }

  private static CompletableFuture<Object> run(Trial it, CompletableFuture<Object> running) {
    CompletableFuture<Object> result = it.limiter.execute(() -> running);
    it.answers();
    Trial.isRunning(result);
    it.rejects(1, "a running call has the 1 permit");
    return result;
  }

  /** Dependents are plain futures: ending one reaches nobody. */
  @Test
  @DisplayName("API: ending a dependent of the future of execute does not reach the call")
  default void endingADependentReachesNobody() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    CompletableFuture<Object> dependent = result.thenApply(Function.identity());
    dependent.obtrudeValue("mine");
    assertThat(dependent)
        .as("a dependent must be a plain future, which its holder can complete")
        .isCompletedWithValue("mine");
    assertThat(result.newIncompleteFuture().cancel(true))
        .as("a cancellation of what has not ended must succeed")
        .isTrue();
    Trial.isRunning(running);
    running.complete("over");
    assertThat(result)
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("over");
  }

  /** A future granted at once may be shared: whatever its holder does to it, others see nothing. */
  @Test
  @DisplayName("API: no caller can tamper with the granted future of another caller")
  default void aFutureGrantedAtOnceCannotBeSpoiltForOthers() {
    Trial it = Trial.of(this, 4);
    for (int i = 0; i < 2; i++) {
      CompletableFuture<?> granted = it.limiter.acquire();
      it.answers();
      Trial.isGranted(granted, "a request after another request's future was tampered with");
      granted.cancel(true);
      granted.completeExceptionally(new IllegalStateException("spoilt"));
      assertThat(granted.isCompletedExceptionally())
          .as("a granted future must stay granted")
          .isFalse();
      spoil(granted);
    }
    it.take(1);
    it.take(1);
  }

  private static void spoil(CompletableFuture<?> granted) {
    try {
      granted.obtrudeException(new IllegalStateException("spoilt"));
    } catch (UnsupportedOperationException e) {
      Trial.isGranted(granted, "a future that rejects obtrudeException");
    }
  }

  /** Each run of a decorated call is a call of its own under the limit. */
  @Test
  @DisplayName("API: each run of a decorated call takes a permit of its own")
  default void eachRunOfADecoratedCallTakesAPermit() {
    Trial it = Trial.impatient(this, 2);
    List<CompletableFuture<Object>> running = new ArrayList<>();
    Supplier<CompletableFuture<Object>> decorated =
        it.limiter.decorate(
            () -> {
              running.add(new CompletableFuture<>());
              return running.get(running.size() - 1);
            });
    assertThat(running).as("decorate must start 0 calls by itself").isEmpty();
    CompletableFuture<Object> first = decorated.get();
    CompletableFuture<Object> second = decorated.get();
    CompletableFuture<Object> third = decorated.get();
    it.answers();
    assertThat(running).as("3 runs under a limit of 2 must start 2 calls").hasSize(2);
    Trial.refusal(third);
    first.cancel(true);
    assertThat(running.get(0)).as("the cancellation must reach this future").isCancelled();
    running.get(1).complete("over");
    assertThat(second)
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("over");
  }

  /** A decorated function hands its argument on, and what it throws fails the future. */
  @Test
  @DisplayName("API: each run of a decorated function takes a permit of its own")
  default void eachRunOfADecoratedFunctionTakesAPermit() {
    Trial it = Trial.impatient(this, 2);
    IllegalStateException thrown = new IllegalStateException("thrown by a function");
    CompletableFuture<Object> running = new CompletableFuture<>();
    Function<String, CompletableFuture<Object>> decorated =
        it.limiter.decorateFunction(
            argument -> {
              if (argument.equals("throw")) {
                throw thrown;
              }
              return running.thenApply(end -> argument + " " + end);
            });
    CompletableFuture<Object> failed = decorated.apply("throw");
    it.answers();
    assertThat(Trial.failure(failed))
        .as("the failure must be the one instance that was thrown")
        .isSameAs(thrown);
    it.comeBack(1);
    CompletableFuture<Object> first = decorated.apply("one");
    CompletableFuture<Object> second = decorated.apply("two");
    CompletableFuture<Object> third = decorated.apply("three");
    it.answers();
    Trial.refusal(third);
    running.complete("over");
    assertThat(first)
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("one over");
    assertThat(second)
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("two over");
  }
}
