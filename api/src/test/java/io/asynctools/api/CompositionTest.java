package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.RejectedException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Promises: Composition. */
@Tag("unit")
class CompositionTest {
  private final List<String> journal = new ArrayList<>();
  private final AsyncPolicy retry = new RecordingPolicy("retry", journal);
  private final AsyncPolicy breaker = new RecordingPolicy("breaker", journal);
  private final AsyncPolicy limiter = new RecordingPolicy("limiter", journal);
  private final AsyncPolicy stack = AsyncPolicy.compose(retry, breaker, limiter);

  @Test
  void aCallMeetsTheOutermostFirstAndItsOutcomeLast() {
    CompletableFuture<String> answer = new CompletableFuture<>();

    CompletableFuture<String> result =
        stack.execute(
            () -> {
              journal.add("call");
              return answer;
            });

    assertThat(journal).containsExactly("retry in", "breaker in", "limiter in", "call");
    journal.clear();
    answer.complete("answer");
    assertThat(journal).containsExactly("limiter out", "breaker out", "retry out");
    assertThat(result).isCompletedWithValue("answer");
  }

  @Test
  void aBlockingCallMeetsThemInTheSameOrder() throws Exception {
    String result =
        stack.call(
            () -> {
              journal.add("call");
              return "answer";
            });

    assertThat(result).isEqualTo("answer");
    assertThat(journal)
        .containsExactly(
            "retry in",
            "breaker in",
            "limiter in",
            "call",
            "limiter out",
            "breaker out",
            "retry out");
  }

  @Test
  void aStackPassesTheNumberOfPermitsToEveryLayer() throws Exception {
    AsyncPolicy stack =
        AsyncPolicy.compose(
            new Weighing("retry", journal),
            new Weighing("breaker", journal),
            new Weighing("limiter", journal));

    CompletableFuture<String> result =
        stack.execute(3, () -> CompletableFuture.completedFuture("answer"));

    assertThat(result).isCompletedWithValue("answer");
    assertThat(journal).containsSubsequence("retry for 3", "breaker for 3", "limiter for 3");
    journal.clear();
    assertThat(stack.<String, Exception>call(4, () -> "answer")).isEqualTo("answer");
    assertThat(journal).containsSubsequence("retry for 4", "breaker for 4", "limiter for 4");
  }

  @Test
  void aPolicyWithoutPermitsIgnoresTheirNumberButNotABadOne() throws Exception {
    assertThat(retry.execute(2, () -> CompletableFuture.completedFuture("answer")))
        .isCompletedWithValue("answer");
    assertThat(retry.<String, Exception>call(2, () -> "answer")).isEqualTo("answer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> stack.execute(0, () -> CompletableFuture.completedFuture("answer")))
        .withMessage("permits must be at least 1, was 0");
    assertThatIllegalArgumentException().isThrownBy(() -> stack.call(-1, () -> "answer"));
  }

  /** Promises: Composition, All 4. */
  @Test
  void cancellationFlowsInwardsThroughAll() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletableFuture<String> result = stack.execute(() -> answer);

    result.cancel(false);

    assertThat(answer).isCancelled();
    assertThat(journal).contains("limiter cancelled", "breaker cancelled", "retry cancelled");
  }

  @Test
  void aFailureComesOutAsItIs() {
    IOException failure = new IOException("no line");

    CompletableFuture<Object> result = stack.execute(() -> CompletableFuture.failedFuture(failure));

    assertThat(result).isCompletedExceptionally();
    assertThat(result.handle((value, error) -> error)).isCompletedWithValue(failure);
  }

  /** Promises: Composition, All 11. */
  @Test
  void aCheckedExceptionComesOutUnwrapped() {
    IOException failure = new IOException("no line");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () ->
                stack.call(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  @Test
  void aCallThatThrowsNothingCheckedNeedsNoCatch() throws InterruptedException {
    assertThat(stack.<Integer, RuntimeException>call(() -> 7)).isEqualTo(7);
    Object nothing = stack.call(() -> null);
    assertThat(nothing).isNull();
  }

  /** Promises: Composition, All 11. */
  @Test
  void anInterruptOnEntryComesOutAsAnInterruptedException() {
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> stack.call(() -> "never"))
        .withMessage("retry");
    assertThat(journal).containsExactly("retry in");
  }

  /** Promises: Composition, All 11. */
  @Test
  void anInterruptedWaitInsideComesOutAsAnInterruptedException() {
    AsyncPolicy interrupts =
        new RecordingPolicy("waits", journal) {
          @Override
          public <T, X extends Exception> T call(CheckedCallable<? extends T, X> call)
              throws X, InterruptedException {
            throw new InterruptedException("while it waited");
          }
        };

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> AsyncPolicy.compose(retry, breaker, interrupts).call(() -> "never"))
        .withMessage("while it waited");
    assertThat(journal).containsExactly("retry in", "breaker in", "breaker out", "retry out");
  }

  @Test
  void aRefusalInsideComesOutAsItIs() {
    RejectedException refusal = new RejectedException("inner", Reason.RATE, null);
    AsyncPolicy refuses =
        new RecordingPolicy("refuses", journal) {
          @Override
          public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
            return CompletableFuture.failedFuture(refusal);
          }
        };

    CompletableFuture<String> result =
        AsyncPolicy.compose(retry, refuses, limiter)
            .execute(() -> CompletableFuture.completedFuture("never"));

    assertThat(result.handle((value, error) -> error)).isCompletedWithValue(refusal);
    assertThat(journal).containsExactly("retry in", "retry out");
  }

  @Test
  void aPolicyMayRunTheInnerOnesManyTimes() {
    AsyncPolicy twice =
        new RecordingPolicy("twice", journal) {
          @Override
          public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
            super.execute(call);
            return super.execute(call);
          }
        };

    AsyncPolicy.compose(twice, limiter).execute(() -> CompletableFuture.completedFuture("answer"));

    assertThat(journal.stream().filter("limiter in"::equals)).hasSize(2);
  }

  @Test
  void itsNameNamesAllFromTheOutside() {
    assertThat(stack.name()).isEqualTo("retry > breaker > limiter");
  }

  @Test
  void onePolicyAloneIsItself() {
    assertThat(AsyncPolicy.compose(retry)).isSameAs(retry);
  }

  @Test
  void stacksStack() {
    CompletableFuture<String> answer = CompletableFuture.completedFuture("answer");

    AsyncPolicy.compose(retry, AsyncPolicy.compose(breaker, limiter)).execute(() -> answer);

    assertThat(journal).startsWith("retry in", "breaker in", "limiter in");
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> AsyncPolicy.compose(null));
    assertThatNullPointerException()
        .isThrownBy(() -> AsyncPolicy.compose(retry, (AsyncPolicy) null));
    assertThatNullPointerException().isThrownBy(() -> stack.execute(null));
    assertThatNullPointerException().isThrownBy(() -> stack.call(null));
    assertThat(journal).isEmpty();
  }

  /** A policy that records how many permits a call costs. */
  private static final class Weighing extends RecordingPolicy {
    private final List<String> journal;

    Weighing(String name, List<String> journal) {
      super(name, journal);
      this.journal = journal;
    }

    @Override
    public <T> CompletableFuture<T> execute(
        long permits, Supplier<? extends CompletionStage<T>> call) {
      journal.add(name() + " for " + permits);
      return execute(call);
    }

    @Override
    public <T, X extends Exception> T call(long permits, CheckedCallable<? extends T, X> call)
        throws X, InterruptedException {
      journal.add(name() + " for " + permits);
      return call(call);
    }
  }
}
