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
import org.junit.jupiter.api.Test;

/** What {@code execute} does with a call, and what it hands through. */
interface CallPromises extends LimiterHooks {

  /** A call's value comes out as it is, null too, and the permit ends. */
  @Test
  default void aCallsValueComesOut() {
    Trial it = Trial.impatient(this, 1);
    for (@Nullable String value : new @Nullable String[] {"value", null}) {
      CompletableFuture<@Nullable String> result = it.limiter.execute(() -> completedFuture(value));
      it.answers();
      assertThat(result).isCompletedWithValue(value);
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
  default void nullInPlaceOfAStageFailsTheFutureAndLeaksNothing() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<String> result = it.limiter.execute(() -> null);
    it.answers();
    assertThat(Trial.failure(result)).isInstanceOf(NullPointerException.class);
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A stage that fails fails the future with the same exception, and the permit ends.
   *
   * <p>Promises: All 6.
   */
  @Test
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
    assertThat(Trial.failure(result)).isSameAs(failure);
    it.comeBack(1);
  }

  /**
   * A call that is refused is not started, and its future says who refused and why.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void aRefusedCallIsNotStarted() {
    Trial it = Trial.impatient(this, 1);
    it.take(1);
    AtomicInteger started = new AtomicInteger();
    CompletableFuture<Integer> result =
        it.limiter.execute(() -> completedFuture(started.incrementAndGet()));
    it.answers();
    Trial.refusal(result);
    assertThat(started).hasValue(0);
  }

  /** A call takes what it says it costs. */
  @Test
  default void aCallTakesThePermitsItAsksFor() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 3);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = it.limiter.execute(2, () -> running);
    it.answers();
    assertThat(it.attempt(2)).isEmpty();
    running.complete("over");
    assertThat(result).isCompletedWithValue("over");
    it.comeBack(2);
    it.admitsExactly(3);
  }

  /**
   * Cancelling what {@code execute} returned cancels the call's own future.
   *
   * <p>Promises: All 4.
   */
  @Test
  default void aCancelReachesTheRunningCall() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    assertThat(result.cancel(true)).isTrue();
    assertThat(result).isCancelled();
    assertThat(running).isCancelled();
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * Ending it with another exception ends the call's own future with the same one.
   *
   * <p>Promises: All 4.
   */
  @Test
  default void anExceptionFromOutsideReachesTheRunningCall() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    TimeoutException late = new TimeoutException();
    assertThat(result.completeExceptionally(late)).isTrue();
    assertThat(Trial.failure(result)).isSameAs(late);
    assertThat(Trial.failure(running)).isSameAs(late);
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * Ending it with a value counts as a cancel inside.
   *
   * <p>Promises: All 4.
   */
  @Test
  default void aValueFromOutsideCancelsTheRunningCall() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    assertThat(result.complete("from outside")).isTrue();
    assertThat(result).isCompletedWithValue("from outside");
    assertThat(running).isCancelled();
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A call that cannot be ended from outside holds its permit until it has ended.
   *
   * <p>Promises: All 4.
   */
  @Test
  default void aCallThatCannotBeCancelledHoldsItsPermitUntilItEnds() {
    Trial it = Trial.impatient(this, 1);
    CompletableFuture<Object> running = new RunsOn();
    CompletableFuture<Object> result = run(it, running);
    assertThat(result.cancel(true)).isTrue();
    assertThat(result).isCancelled();
    assertThat(running).isNotDone();
    assertThat(it.attempt(1)).as("the permit of a call that runs on").isEmpty();
    running.complete("over");
    it.comeBack(1);
    it.admitsExactly(1);
  }

  private static CompletableFuture<Object> run(Trial it, CompletableFuture<Object> running) {
    CompletableFuture<Object> result = it.limiter.execute(() -> running);
    it.answers();
    assertThat(result).isNotDone();
    assertThat(it.attempt(1)).as("the permit of a running call").isEmpty();
    return result;
  }

  /** Dependents are plain futures: ending one reaches nobody. */
  @Test
  default void endingADependentReachesNobody() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = run(it, running);
    CompletableFuture<Object> dependent = result.thenApply(Function.identity());
    dependent.obtrudeValue("mine");
    assertThat(dependent).isCompletedWithValue("mine");
    assertThat(result.newIncompleteFuture().cancel(true)).isTrue();
    assertThat(running).isNotDone();
    running.complete("over");
    assertThat(result).isCompletedWithValue("over");
  }

  /** A future granted at once may be shared: whatever its holder does to it, others see nothing. */
  @Test
  default void aFutureGrantedAtOnceCannotBeSpoiltForOthers() {
    Trial it = Trial.of(this, 4);
    for (int i = 0; i < 2; i++) {
      CompletableFuture<?> granted = it.limiter.acquire();
      it.answers();
      assertThat(granted).as("granted after others were spoilt").isCompleted();
      granted.cancel(true);
      granted.completeExceptionally(new IllegalStateException("spoilt"));
      assertThat(granted.isCompletedExceptionally()).isFalse();
      spoil(granted);
    }
    it.take(1);
    it.take(1);
  }

  private static void spoil(CompletableFuture<?> granted) {
    try {
      granted.obtrudeException(new IllegalStateException("spoilt"));
    } catch (UnsupportedOperationException e) {
      assertThat(granted).as("a future that refused to be obtruded").isCompleted();
    }
  }

  /** Each run of a decorated call is a call of its own under the limit. */
  @Test
  default void eachRunOfADecoratedCallTakesAPermit() {
    Trial it = Trial.impatient(this, 2);
    List<CompletableFuture<Object>> running = new ArrayList<>();
    Supplier<CompletableFuture<Object>> decorated =
        it.limiter.decorate(
            () -> {
              running.add(new CompletableFuture<>());
              return running.get(running.size() - 1);
            });
    assertThat(running).as("started by decorate itself").isEmpty();
    CompletableFuture<Object> first = decorated.get();
    CompletableFuture<Object> second = decorated.get();
    CompletableFuture<Object> third = decorated.get();
    it.answers();
    assertThat(running).hasSize(2);
    Trial.refusal(third);
    first.cancel(true);
    assertThat(running.get(0)).isCancelled();
    running.get(1).complete("over");
    assertThat(second).isCompletedWithValue("over");
  }

  /** A decorated function hands its argument on, and what it throws fails the future. */
  @Test
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
    assertThat(Trial.failure(failed)).isSameAs(thrown);
    it.comeBack(1);
    CompletableFuture<Object> first = decorated.apply("one");
    CompletableFuture<Object> second = decorated.apply("two");
    CompletableFuture<Object> third = decorated.apply("three");
    it.answers();
    Trial.refusal(third);
    running.complete("over");
    assertThat(first).isCompletedWithValue("one over");
    assertThat(second).isCompletedWithValue("two over");
  }
}
