package io.asynctools.api.spi;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.Permit;
import io.asynctools.testkit.Logged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * How a permit hears of its call: once, in order, and whatever it throws.
 *
 * <p>Promises: All 6.
 */
@Tag("unit")
class PermittedCallTest {
  private final Recorded.Plain plain = new Recorded.Plain();
  private final Recorded.Outcome permit = new Recorded.Outcome();
  private final TimeoutException late = new TimeoutException("late");
  private final CompletableFuture<String> running = new CompletableFuture<>();

  private CompletableFuture<String> run(Permit permit, CompletionStage<String> stage) {
    return PermittedCall.execute(permit, () -> stage);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    return future.handle((value, thrown) -> thrown).join();
  }

  /** Stages that cannot be ended from outside. */
  static Stream<CompletableFuture<String>> unendable() {
    return Stream.of(
        new CompletableFuture<String>() {
          @Override
          public CompletableFuture<String> toCompletableFuture() {
            throw new UnsupportedOperationException("not to be ended from outside");
          }
        },
        new CompletableFuture<String>() {
          @Override
          public CompletableFuture<String> toCompletableFuture() {
            return copy();
          }
        });
  }

  // ---- How a stage ends

  @Test
  void aValueIsASuccessForAPlainPermitAndAResultForOneThatJudges() {
    assertThat(run(plain, completedFuture("v"))).isCompletedWithValue("v");
    assertThat(plain.events).containsExactly("success");
    assertThat(run(permit, completedFuture("v"))).isCompletedWithValue("v");
    assertThat(permit.events).containsExactly("result v");
  }

  /** Promises: All 4. */
  @Test
  void aStageThatIsStillRunningHoldsThePermitUntilItCompletes() {
    CompletableFuture<String> result = run(permit, running);
    assertThat(permit.events).isEmpty();
    running.complete(null);
    assertThat(result).isCompletedWithValue(null);
    assertThat(permit.events).containsExactly("result null");
  }

  @Test
  void thePermitHasEndedBeforeAnybodyHearsOfTheOutcome() {
    List<List<String>> seen = new ArrayList<>();
    CompletableFuture<String> result = run(permit, running);
    result.thenRun(() -> seen.add(List.copyOf(permit.events)));
    running.complete("v");
    assertThat(seen).containsExactly(List.of("result v"));
  }

  @Test
  void aFailureIsRecordedAsItWasBeforeItWasWrapped() {
    IOException cause = new IOException("down");
    assertThat(failure(run(permit, failedFuture(new CompletionException(cause))))).isSameAs(cause);
    assertThat(permit.events).containsExactly("failure " + cause);
  }

  @Test
  void aStageThatIsCancelledInsideReleases() {
    CompletableFuture<String> result = run(permit, running.thenApply(v -> v)); // wraps it
    running.cancel(true);
    assertThat(failure(result)).isInstanceOf(CancellationException.class);
    assertThat(permit.events).containsExactly("released");
  }

  @Test
  void aStageThatWasInterruptedReleases() {
    assertThat(failure(run(permit, failedFuture(new InterruptedException()))))
        .isInstanceOf(InterruptedException.class);
    assertThat(permit.events).containsExactly("released");
  }

  @Test
  void aSupplierThatThrowsFailsTheFuture() {
    for (Throwable thrown : List.of(new IllegalStateException("s"), new AssertionError("e"))) {
      Recorded.Outcome heard = new Recorded.Outcome();
      CompletableFuture<String> result =
          PermittedCall.execute(
              heard,
              () -> {
                if (thrown instanceof Error error) {
                  throw error;
                }
                throw (RuntimeException) thrown;
              });
      assertThat(failure(result)).isSameAs(thrown);
      assertThat(heard.events).containsExactly("failure " + thrown);
    }
  }

  @Test
  void nullInPlaceOfAStageFailsTheFuture() {
    assertThat(failure(run(permit, null))).isInstanceOf(NullPointerException.class);
    assertThat(permit.events).hasSize(1).first().asString().startsWith("failure ");
  }

  @Test
  void nullInPlaceOfACallIsRefusedAndLeavesThePermitAlone() {
    assertThatNullPointerException()
        .isThrownBy(() -> PermittedCall.<String>execute(permit, null))
        .withMessage("call");
    assertThatNullPointerException()
        .isThrownBy(() -> PermittedCall.<String, RuntimeException>call(permit, null))
        .withMessage("call");
    assertThatNullPointerException()
        .isThrownBy(() -> PermittedCall.execute(null, () -> running))
        .withMessage("permit");
    assertThatNullPointerException()
        .isThrownBy(() -> PermittedCall.call(null, () -> "v"))
        .withMessage("permit");
    assertThat(permit.events).isEmpty();
  }

  // ---- Ending it from outside

  /** Promises: All 4. */
  @Test
  void aCancelEndsTheStageAndReleases() {
    CompletableFuture<String> result = run(permit, running);
    assertThat(result.cancel(true)).isTrue();
    assertThat(running).isCancelled();
    assertThat(permit.events).containsExactly("told null", "released");
  }

  /** Promises: All 4. */
  @Test
  void aValueFromOutsideIsACancelForThePermit() {
    CompletableFuture<String> result = run(permit, running);
    assertThat(result.complete("mine")).isTrue();
    assertThat(running).isCancelled();
    assertThat(permit.events).containsExactly("told null", "released");
  }

  /** Promises: All 4. */
  @Test
  void anExceptionFromOutsideIsTheOutcome() {
    CompletableFuture<String> result = run(permit, running);
    assertThat(result.completeExceptionally(late)).isTrue();
    assertThat(failure(running)).isSameAs(late);
    assertThat(failure(result)).isSameAs(late);
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
  }

  /**
   * The JDK's HTTP client aborts an exchange only when its future is cancelled.
   *
   * <p>Promises: All 4.
   */
  @Test
  void aStageThatMayHaveMoreToDoOnACancelIsCancelled() {
    CompletableFuture<String> client =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            permit.events.add("aborted");
            return super.cancel(mayInterruptIfRunning);
          }
        };
    CompletableFuture<String> result = run(permit, client);
    assertThat(result.completeExceptionally(late)).isTrue();
    assertThat(failure(result)).isSameAs(late);
    assertThat(permit.events).containsExactly("told " + late, "aborted", "failure " + late);
  }

  /**
   * A stranger's policy in the middle of a stack passes it on inwards.
   *
   * <p>Promises: All 4.
   */
  @Test
  void aStageThatHasASayInHowItEndsHearsTheException() {
    CompletableFuture<String> strangers =
        new CompletableFuture<>() {
          @Override
          public boolean completeExceptionally(Throwable error) {
            permit.events.add("passed on " + error);
            return super.completeExceptionally(error);
          }
        };
    run(permit, strangers).completeExceptionally(late);
    assertThat(permit.events)
        .containsExactly("told " + late, "passed on " + late, "failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void aPlainPermitOnlyHearsOfTheEnd() {
    run(plain, running).completeExceptionally(late);
    assertThat(plain.events).containsExactly("failure " + late);
  }

  /**
   * What passes an outcome on from a dependent stage passes it on wrapped.
   *
   * <p>Promises: All 4.
   */
  @Test
  void aWrappedExceptionFromOutsideCountsAsWhatItWraps() {
    run(permit, running).completeExceptionally(new CompletionException(late));
    assertThat(failure(running)).isSameAs(late);
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
    Recorded.Outcome cancelled = new Recorded.Outcome();
    CompletableFuture<String> stage = new CompletableFuture<>();
    run(cancelled, stage)
        .completeExceptionally(new CompletionException(new CancellationException()));
    assertThat(stage).isCancelled();
    assertThat(cancelled.events).containsExactly("told null", "released");
  }

  /** Promises: All 4. */
  @Test
  void anInterruptPassedOnFromOutsideIsNobodysFailure() {
    InterruptedException interrupt = new InterruptedException();
    run(permit, running).completeExceptionally(interrupt);
    assertThat(failure(running)).isSameAs(interrupt);
    assertThat(permit.events).containsExactly("told null", "released");
  }

  /** Promises: All 4. */
  @ParameterizedTest
  @MethodSource("unendable")
  void aPermitHearsAtOnceOfTheTimeOutOfAStageThatRunsOn(CompletableFuture<String> stage) {
    CompletableFuture<String> result = run(permit, stage);
    result.completeExceptionally(late);
    assertThat(failure(result)).isSameAs(late);
    assertThat(permit.events).containsExactly("told " + late);
    assertThat(stage).isNotDone();
    stage.complete("over");
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
  }

  /** Promises: All 4. */
  @ParameterizedTest
  @MethodSource("unendable")
  void aPermitHearsAtOnceOfTheCancelOfAStageThatRunsOn(CompletableFuture<String> stage) {
    CompletableFuture<String> result = run(permit, stage);
    result.cancel(true);
    assertThat(permit.events).containsExactly("told null");
    stage.completeExceptionally(new IOException("of no interest"));
    assertThat(permit.events).containsExactly("told null", "released");
  }

  /** Promises: All 4. */
  @Test
  void aMinimalStageRunsOn() {
    CompletableFuture<String> result = run(permit, running.minimalCompletionStage());
    result.completeExceptionally(late);
    assertThat(running).isNotDone();
    assertThat(permit.events).containsExactly("told " + late);
    running.complete("over");
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void theFirstEndingCounts() {
    CompletableFuture<String> result = run(permit, running.minimalCompletionStage());
    assertThat(result.completeExceptionally(late)).isTrue();
    assertThat(result.cancel(true)).isFalse();
    assertThat(result.complete("mine")).isFalse();
    assertThat(result.completeExceptionally(new IOException())).isFalse();
    running.complete("over");
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
    CompletableFuture<String> over = run(plain, completedFuture("v"));
    assertThat(over.cancel(true)).isFalse();
    assertThat(plain.events).containsExactly("success");
  }

  /** Promises: All 4. */
  @Test
  void aStageThatCannotBeReachedIsLogged() {
    IllegalStateException broken = new IllegalStateException("broken stage");
    CompletableFuture<String> stage =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<String> toCompletableFuture() {
            throw broken;
          }
        };
    try (Logged log = new Logged()) {
      assertThat(run(permit, stage).cancel(true)).isTrue();
      assertThat(log.entries()).extracting(Logged.Entry::thrown).containsExactly(broken);
    }
    stage.complete("over");
    assertThat(permit.events).containsExactly("told null", "released");
  }

  /** Promises: All 4. */
  @Test
  void aCallThatEndsItselfFromOutsideWhileItStarts() {
    List<CompletableFuture<String>> result = new ArrayList<>();
    new Starter(
            future -> {
              result.add(future);
              assertThat(future.completeExceptionally(late)).isTrue();
              assertThat(permit.events).containsExactly("told " + late);
            })
        .start();
    assertThat(failure(running)).isSameAs(late);
    assertThat(failure(result.get(0))).isSameAs(late);
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
  }

  /** Promises: All 4. */
  @Test
  void aCallThatEndsItselfFromOutsideAndThrows() {
    new Starter(
            future -> {
              future.cancel(true);
              throw new IllegalStateException("of no interest");
            })
        .start();
    assertThat(permit.events).containsExactly("told null", "released");
  }

  /** Starts {@code running} once it has shown the call's future to somebody. */
  private final class Starter {
    private final CallFuture<String> future;

    Starter(Consumer<CompletableFuture<String>> whileItStarts) {
      List<CallFuture<String>> self = new ArrayList<>();
      future =
          new CallFuture<>(
              () -> {
                whileItStarts.accept(self.get(0));
                return running;
              },
              true);
      self.add(future);
    }

    void start() {
      assertThat(future.start(permit)).isTrue();
    }
  }

  // ---- A stage that completes while its permit is being told

  /** The permit is told before it is ended, and ended by the one who tells it. */
  @Test
  void aStageThatCompletesWhileItsPermitIsToldEndsItAfterwards() throws Exception {
    CountDownLatch telling = new CountDownLatch(1);
    CountDownLatch completed = new CountDownLatch(1);
    Recorded.Outcome slow =
        new Recorded.Outcome() {
          @Override
          public void endedFromOutside(@Nullable Throwable error) {
            telling.countDown();
            Others.await(completed);
            super.endedFromOutside(error);
          }
        };
    CompletableFuture<String> result = run(slow, running.minimalCompletionStage());
    CompletableFuture<Void> ending = Others.start(() -> result.completeExceptionally(late));
    Others.await(telling);
    running.complete("over");
    assertThat(slow.events).as("while it is told").isEmpty();
    completed.countDown();
    Others.join(ending);
    assertThat(slow.events).containsExactly("told " + late, "failure " + late);
  }

  @Test
  void aPermitThatCompletesTheStageItselfIsEndedAfterwards() {
    Recorded.Outcome eager =
        new Recorded.Outcome() {
          @Override
          public void endedFromOutside(@Nullable Throwable error) {
            running.complete("over");
            super.endedFromOutside(error);
          }
        };
    run(eager, running).completeExceptionally(late);
    assertThat(eager.events).containsExactly("told " + late, "failure " + late);
  }

  /** Promises: All 5, All 4. */
  @Test
  void whoeverWinsTheRaceThePermitEndsOnceAndHearsOfNothingAfterwards() throws Exception {
    for (int round = 0; round < 2_000; round++) {
      Recorded.Outcome heard = new Recorded.Outcome();
      CompletableFuture<String> stage = new CompletableFuture<>();
      CompletableFuture<String> result = run(heard, stage.minimalCompletionStage());
      CountDownLatch start = new CountDownLatch(1);
      CompletableFuture<Void> ending =
          Others.start(
              () -> {
                Others.await(start);
                result.completeExceptionally(late);
              });
      start.countDown();
      stage.complete("v");
      Others.join(ending);
      assertThat(heard.events)
          .isIn(List.of("result v"), List.of("told " + late, "failure " + late));
    }
  }

  /** Promises: All 5, All 4. */
  @Test
  void whoeverWinsTheRaceWithTheStartThePermitEndsOnce() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      Recorded.Outcome heard = new Recorded.Outcome();
      CompletableFuture<String> stage = new CompletableFuture<>();
      CallFuture<String> future = new CallFuture<>(() -> stage, true);
      CountDownLatch start = new CountDownLatch(1);
      CompletableFuture<Void> ending =
          Others.start(
              () -> {
                Others.await(start);
                future.completeExceptionally(late);
              });
      start.countDown();
      boolean started = future.start(heard);
      Others.join(ending);
      assertThat(failure(future)).isSameAs(late);
      assertThat(heard.events)
          .isEqualTo(started ? List.of("told " + late, "failure " + late) : List.of());
      assertThat(stage.isDone()).isEqualTo(started);
    }
  }

  // ---- A permit that throws

  /** Throws at everything, and has no words for itself either. */
  private static final class Throwing implements OutcomePermit {
    private final Error thrown = new AssertionError("permit");

    @Override
    public void release() {
      throw thrown;
    }

    @Override
    public void recordFailure(Throwable error) {
      throw thrown;
    }

    @Override
    public void recordResult(@Nullable Object result) {
      throw thrown;
    }

    @Override
    public void endedFromOutside(@Nullable Throwable error) {
      throw thrown;
    }

    @Override
    public String toString() {
      throw thrown;
    }
  }

  @Test
  void aPermitThatThrowsChangesNothing() {
    IOException down = new IOException("down");
    Throwing broken = new Throwing();
    try (Logged log = new Logged()) {
      assertThat(run(broken, completedFuture("v"))).isCompletedWithValue("v");
      assertThat(failure(run(broken, failedFuture(down)))).isSameAs(down);
      CompletableFuture<String> timedOut = run(broken, running);
      assertThat(timedOut.completeExceptionally(late)).isTrue();
      assertThat(failure(timedOut)).isSameAs(late);
      assertThat(failure(running)).isSameAs(late);
      assertThat(PermittedCall.call(broken, () -> "v")).isEqualTo("v");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  PermittedCall.call(
                      broken,
                      () -> {
                        throw down;
                      }))
          .isSameAs(down);
      assertThat(log.entries())
          .hasSize(6)
          .allMatch(entry -> entry.thrown() == broken.thrown)
          .allMatch(entry -> entry.message().contains(Throwing.class.getName()));
    }
  }

  @Test
  void aLogThatCannotBeWrittenHoldsUpNoOutcome() {
    try (Logged log =
        new Logged(
            entry -> {
              throw new IllegalStateException("no disk");
            })) {
      assertThat(run(new Throwing(), completedFuture("v"))).isCompletedWithValue("v");
      assertThat(log.entries()).hasSize(1);
    }
  }

  // ---- Blocking calls

  /** Promises: All 11. */
  @Test
  void aBlockingCallsValueIsRecorded() {
    assertThat(PermittedCall.call(plain, () -> "v")).isEqualTo("v");
    assertThat(plain.events).containsExactly("success");
    assertThat(PermittedCall.<@Nullable String, RuntimeException>call(permit, () -> null)).isNull();
    assertThat(permit.events).containsExactly("result null");
  }

  /** Promises: All 11. */
  @Test
  void aBlockingCallsOwnExceptionComesOutAndIsRecorded() {
    for (Throwable thrown : List.of(new IOException("down"), new AssertionError("e"))) {
      Recorded.Outcome heard = new Recorded.Outcome();
      assertThatExceptionOfType(Throwable.class)
          .isThrownBy(
              () ->
                  PermittedCall.call(
                      heard,
                      () -> {
                        if (thrown instanceof Error error) {
                          throw error;
                        }
                        throw (IOException) thrown;
                      }))
          .isSameAs(thrown);
      assertThat(heard.events).containsExactly("failure " + thrown);
    }
  }

  /** Promises: All 11. */
  @Test
  void aBlockingCallThatIsCancelledOrInterruptedReleases() {
    for (Exception thrown : List.of(new InterruptedException(), new CancellationException())) {
      Recorded.Outcome heard = new Recorded.Outcome();
      assertThatExceptionOfType(Exception.class)
          .isThrownBy(
              () ->
                  PermittedCall.call(
                      heard,
                      () -> {
                        throw thrown;
                      }))
          .isSameAs(thrown);
      assertThat(heard.events).containsExactly("released");
    }
  }
}
