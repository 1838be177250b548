package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.testkit.ManualTime;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Which outcomes are made again, and what comes out in the end; in both forms.
 *
 * <p>Promises: Retry 2.
 */
@Tag("unit")
class WhatIsRetriedTest {
  private final ManualTime time = new ManualTime();
  private final Retry.Builder builder =
      Retry.builder().maxAttempts(3).initialDelay(Duration.ZERO).timeSource(time).executor(time);

  /** How often a call is made that always fails so, which must come out as it is. */
  private int attemptsAt(Throwable error) {
    Retry retry = builder.build();
    List<Integer> attempts = new ArrayList<>();
    CompletableFuture<String> result =
        retry.execute(
            () -> {
              attempts.add(1);
              return CompletableFuture.failedFuture(error);
            });
    assertThat(errorOf(result)).isSameAs(error);
    List<Integer> blocking = new ArrayList<>();
    assertThatThrownBy(
            () ->
                retry.call(
                    () -> {
                      blocking.add(1);
                      throw sneaky(error);
                    }))
        .isSameAs(error);
    assertThat(blocking).hasSameSizeAs(attempts);
    assertThat(error.getSuppressed()).isEmpty();
    assertThat(time.pending()).isZero();
    return attempts.size();
  }

  private static Throwable errorOf(CompletableFuture<?> failed) {
    assertThat(failed).isCompletedExceptionally();
    return failed.handle((value, error) -> error).join();
  }

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> X sneaky(Throwable error) throws X {
    throw (X) error;
  }

  private static RejectedException refusal() {
    return new RateLimitExceededException("inner", RejectedException.Reason.RATE, null);
  }

  @Test
  void everyExceptionIsByDefault() {
    assertThat(attemptsAt(new IOException())).isEqualTo(3);
    assertThat(attemptsAt(new IllegalStateException())).isEqualTo(3);
    assertThat(attemptsAt(new TimeoutException())).isEqualTo(3);
  }

  @Test
  void refusalsAreNotByDefault() {
    assertThat(attemptsAt(refusal())).isEqualTo(1);
  }

  @Test
  void whatIsNoExceptionIsNotByDefault() {
    assertThat(attemptsAt(new Throwable("neither"))).isEqualTo(1);
  }

  @Test
  void errorsAndCancellationsNeverAre() {
    builder.retryOn(Throwable.class).retryIf(error -> true);
    assertThat(attemptsAt(new OutOfMemoryError("not really"))).isEqualTo(1);
    assertThat(attemptsAt(new AssertionError())).isEqualTo(1);
    assertThat(attemptsAt(new CancellationException())).isEqualTo(1);
    assertThat(attemptsAt(new InterruptedException())).isEqualTo(1);
    assertThat(attemptsAt(new Throwable("neither"))).isEqualTo(3);
  }

  @Test
  void thoseOfTheNamedClassesAreAndNoOthers() {
    builder.retryOn(IOException.class, RejectedException.class);
    assertThat(attemptsAt(new IOException())).isEqualTo(3);
    assertThat(attemptsAt(new FileNotFoundException())).isEqualTo(3);
    assertThat(attemptsAt(refusal())).isEqualTo(3);
    assertThat(attemptsAt(new IllegalStateException())).isEqualTo(1);
  }

  @Test
  void noClassesNamedIsNoErrorAtAll() {
    builder.retryOn();
    assertThat(attemptsAt(new IOException())).isEqualTo(1);
  }

  @Test
  void thoseThatThePredicateAcceptsAreAndNoOthers() {
    builder.retryIf(error -> "again".equals(error.getMessage()));
    assertThat(attemptsAt(new IOException("again"))).isEqualTo(3);
    assertThat(attemptsAt(new IOException("gone"))).isEqualTo(1);
  }

  @Test
  void aClassOrThePredicateIsEnough() {
    builder.retryOn(IOException.class).retryIf(error -> "again".equals(error.getMessage()));
    assertThat(attemptsAt(new IOException("gone"))).isEqualTo(3);
    assertThat(attemptsAt(new IllegalStateException("again"))).isEqualTo(3);
    assertThat(attemptsAt(new IllegalStateException("gone"))).isEqualTo(1);
  }

  @Test
  void theRealCauseIsLookedAtAndComesOut() {
    IOException cause = new IOException("real");
    List<Throwable> seen = new ArrayList<>();
    Retry retry =
        builder
            .retryIf(
                error -> {
                  seen.add(error);
                  return true;
                })
            .build();
    CompletableFuture<String> result =
        retry.execute(
            () ->
                CompletableFuture.failedFuture(
                    new CompletionException(new CompletionException(cause))));
    assertThat(errorOf(result)).isSameAs(cause);
    assertThat(seen).hasSize(3).allMatch(error -> error == cause);
  }

  @Test
  void theBlockingFormLooksAtTheRealCauseAndThrowsWhatTheCallThrew() {
    CompletionException wrapped = new CompletionException(new IOException("real"));
    builder.retryOn(IOException.class);
    List<Integer> attempts = new ArrayList<>();
    assertThatThrownBy(
            () ->
                builder
                    .build()
                    .call(
                        () -> {
                          attempts.add(1);
                          throw wrapped;
                        }))
        .isSameAs(wrapped);
    assertThat(attempts).hasSize(3);
  }

  @Test
  void whatOnlyCarriesTheCauseIsLookedInto() {
    builder.retryOn(IOException.class);
    assertThat(attemptsAt(new ExecutionException(new IOException()))).isEqualTo(3);
    assertThat(attemptsAt(new UncheckedIOException(new IOException()))).isEqualTo(3);
    assertThat(attemptsAt(new ExecutionException(new IllegalStateException()))).isEqualTo(1);
  }

  @Test
  void theCarrierItselfMayBeNamed() {
    builder.retryOn(ExecutionException.class);
    assertThat(attemptsAt(new ExecutionException(new IllegalStateException()))).isEqualTo(3);
  }

  @Test
  void aRefusalAnErrorOrAnInterruptInsideACarrierIsNotRetriedByDefault() {
    assertThat(attemptsAt(new ExecutionException(refusal()))).isEqualTo(1);
    assertThat(attemptsAt(new ExecutionException(new AssertionError()))).isEqualTo(1);
    assertThat(attemptsAt(new ExecutionException(new CancellationException()))).isEqualTo(1);
    assertThat(attemptsAt(new IllegalStateException(new InterruptedException()))).isEqualTo(1);
  }

  @Test
  void aWrappedCancellationIsOne() {
    int[] attempts = {0};
    CompletableFuture<String> result =
        builder
            .build()
            .execute(
                () -> {
                  attempts[0]++;
                  return CompletableFuture.failedFuture(
                      new CompletionException(new CancellationException()));
                });
    assertThat(result).isCancelled();
    assertThat(attempts[0]).isEqualTo(1);
  }

  @Test
  void theLastErrorComesOutItselfThoughAllAttemptsShareIt() {
    RuntimeException shared = new IllegalStateException("static");
    StackTraceElement[] trace = shared.getStackTrace();
    for (int i = 0; i < 10; i++) {
      attemptsAt(shared);
    }
    assertThat(shared.getSuppressed()).isEmpty();
    assertThat(shared.getCause()).isNull();
    assertThat(shared.getStackTrace()).isEqualTo(trace);
  }

  @Test
  void ofDifferentErrorsTheLastComesOutWithoutTheOthers() {
    List<IOException> errors =
        List.of(new IOException("1"), new IOException("2"), new IOException("3"));
    int[] next = {0};
    CompletableFuture<String> result =
        builder.build().execute(() -> CompletableFuture.failedFuture(errors.get(next[0]++)));
    assertThat(errorOf(result)).isSameAs(errors.get(2)).hasNoSuppressedExceptions().hasNoCause();
  }

  @Test
  void aResultMayAskAndTheLastOneComesOut() throws Exception {
    Retry retry = builder.retryIfResult(result -> ((String) result).startsWith("busy")).build();
    int[] next = {0};
    assertThat(retry.execute(() -> CompletableFuture.completedFuture("busy " + ++next[0])))
        .isCompletedWithValue("busy 3");
    assertThat(retry.<String, RuntimeException>call(() -> "busy " + ++next[0])).isEqualTo("busy 6");
    assertThat(retry.execute(() -> CompletableFuture.completedFuture("fine " + ++next[0])))
        .isCompletedWithValue("fine 7");
    assertThat(retry.<String, RuntimeException>call(() -> "fine " + ++next[0])).isEqualTo("fine 8");
  }

  @Test
  void noResultAtAllMayAsk() throws Exception {
    Retry retry = builder.retryIfResult(result -> result == null).build();
    int[] attempts = {0};
    assertThat(
            retry.execute(
                () -> CompletableFuture.completedFuture(++attempts[0] < 3 ? null : "there")))
        .isCompletedWithValue("there");
    assertThat(retry.<String, RuntimeException>call(() -> ++attempts[0] < 5 ? null : "there"))
        .isEqualTo("there");
  }

  @Test
  void whereResultsAskErrorsAreStillRetriedByDefault() {
    builder.retryIfResult("busy"::equals);
    assertThat(attemptsAt(new IOException())).isEqualTo(3);
    assertThat(attemptsAt(refusal())).isEqualTo(1);
  }

  @Test
  void theCallIsMadeNoMoreOnceItSucceeds() throws Exception {
    int[] attempts = {0};
    CompletableFuture<String> result =
        builder
            .build()
            .execute(
                () ->
                    ++attempts[0] < 2
                        ? CompletableFuture.failedFuture(new IOException())
                        : CompletableFuture.completedFuture("up"));
    assertThat(result).isCompletedWithValue("up");
    assertThat(attempts[0]).isEqualTo(2);
    String blocking =
        builder
            .build()
            .call(
                () -> {
                  if (++attempts[0] < 4) {
                    throw new IOException();
                  }
                  return "up";
                });
    assertThat(blocking).isEqualTo("up");
    assertThat(attempts[0]).isEqualTo(4);
  }

  @Test
  void oneAttemptIsNoRetry() {
    int[] attempts = {0};
    CompletableFuture<String> result =
        Retry.builder()
            .maxAttempts(1)
            .build()
            .execute(
                () -> {
                  attempts[0]++;
                  return CompletableFuture.failedFuture(new IOException());
                });
    assertThat(result).isCompletedExceptionally();
    assertThat(attempts[0]).isEqualTo(1);
  }
}
