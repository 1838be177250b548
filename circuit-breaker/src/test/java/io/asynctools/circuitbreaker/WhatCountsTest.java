package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.cancel;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.failure;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is a failure, a success, or neither.
 *
 * <p>Promises: Circuit breaker 4.
 */
@Tag("unit")
class WhatCountsTest {
  private final ManualTime time = new ManualTime();
  private final CircuitBreaker breaker = breakerOn(time).failureThreshold(3).build();

  private static final List<RejectedException> REFUSALS =
      List.of(
          new RateLimitExceededException("inner", Reason.RATE, TIMEOUT),
          new LimiterClosedException("inner"),
          new CircuitBreakerOpenException("inner", null),
          new RejectedException("inner", Reason.CONCURRENCY, null));

  @Test
  void anyExceptionAndAnyErrorIsAFailure() {
    failWith(breaker, new IOException());
    failWith(breaker, new StackOverflowError());
    assertThat(breaker.failureCount()).isEqualTo(2);
    failWith(breaker, new IllegalStateException());
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  /** Promises: Composition. */
  @Test
  void aRefusalOfAPolicyInsideCountsAsNeither() {
    fail(breaker, 2);
    for (RejectedException refusal : REFUSALS) {
      failWith(breaker, refusal);
      assertThat(
              failure(
                  breaker.execute(
                      () -> CompletableFuture.failedFuture(new CompletionException(refusal)))))
          .isSameAs(refusal);
      admitted(breaker).recordFailure(refusal);
      admitted(breaker).recordFailure(new CompletionException(refusal));
      assertThatThrownBy(
              () ->
                  breaker.call(
                      () -> {
                        throw refusal;
                      }))
          .isSameAs(refusal);
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).as("neither counted nor reset").isEqualTo(2);
  }

  /** Promises: Composition. */
  @Test
  void aRefusalOfAPolicyInsideIsAFailureWhereThePredicateSaysSo() {
    CircuitBreaker strict =
        breakerOn(time).failureThreshold(4).recordFailureIf(error -> true).build();
    REFUSALS.forEach(refusal -> failWith(strict, refusal));
    assertThat(strict.state()).isEqualTo(State.OPEN);
  }

  /** Promises: Composition. */
  @Test
  void anInnerBreakerThatIsOpenDoesNotOpenTheOuter() {
    CircuitBreaker inner = CircuitBreaker.builder().name("inner").timeSource(time).build();
    AsyncPolicy stack = AsyncPolicy.compose(breaker, inner);
    inner.forceOpen();
    for (int i = 0; i < 9; i++) {
      assertThat(failure(stack.execute(() -> CompletableFuture.completedFuture("never"))))
          .isInstanceOfSatisfying(
              CircuitBreakerOpenException.class,
              refusal -> assertThat(refusal.limiter()).isEqualTo("inner"));
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aCancelCountsAsNeither() {
    fail(breaker, 2);
    cancel(breaker);
    assertThat(breaker.execute(CompletableFuture::new).complete("mine")).isTrue();
    CompletableFuture<Object> result = breaker.execute(CompletableFuture::new);
    assertThat(result.completeExceptionally(new CancellationException())).isTrue();
    failWith(breaker, new CancellationException("of the callee"));
    assertThat(breaker.failureCount()).isEqualTo(2);
  }

  @Test
  void aCancelByHandCountsAsNeither() {
    fail(breaker, 2);
    for (Throwable cancel :
        List.of(
            new CancellationException(),
            new CompletionException(new CancellationException()),
            new CompletionException(new CompletionException(new CancellationException())),
            new InterruptedException())) {
      admitted(breaker).recordFailure(cancel);
    }
    assertThat(breaker.failureCount()).isEqualTo(2);
  }

  @Test
  void thePredicateIsNeverAskedAboutACancel() {
    CircuitBreaker strict =
        breakerOn(time).failureThreshold(1).recordFailureIf(error -> true).build();
    cancel(strict);
    admitted(strict).recordFailure(new CompletionException(new CancellationException()));
    assertThat(strict.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void thePredicateSeesTheRealExceptionOncePerCall() {
    List<Throwable> seen = new ArrayList<>();
    CircuitBreaker curious =
        breakerOn(time)
            .recordFailureIf(
                error -> {
                  seen.add(error);
                  return error instanceof IOException;
                })
            .build();
    IOException down = new IOException();
    Down other = new Down();
    assertThat(
            failure(
                curious.execute(
                    () -> CompletableFuture.failedFuture(down).thenApply(Function.identity()))))
        .isSameAs(down);
    Permit permit = admitted(curious);
    permit.recordFailure(new CompletionException(other));
    permit.recordFailure(other);
    assertThat(seen).containsExactly(down, other);
    assertThat(curious.failureCount()).isEqualTo(1);
  }

  /** The predicate saw the ExecutionException, so that {@code instanceof IOException} was false. */
  @Test
  void thePredicateSeesTheCauseOfWhateverOnlyCarriesIt() throws Exception {
    IOException down = new IOException();
    List<Throwable> seen = new ArrayList<>();
    CircuitBreaker curious =
        breakerOn(time).failureThreshold(99).recordFailureIf(seen::add).build();
    List<Exception> carriers =
        List.of(
            new ExecutionException(down),
            new UncheckedIOException(down),
            new InvocationTargetException(down),
            new UndeclaredThrowableException(down),
            new ExecutionException(new UncheckedIOException(down)));
    for (Exception carrier : carriers) {
      failWith(curious, carrier); // its caller gets it unchanged
      admitted(curious).recordFailure(new CompletionException(carrier));
      assertThatThrownBy(
              () ->
                  curious.call(
                      () -> {
                        throw carrier;
                      }))
          .isSameAs(carrier);
    }
    assertThat(seen).hasSize(15).allMatch(error -> error == down);
    CompletableFuture<Object> result = curious.execute(Unreachable::new);
    result.completeExceptionally(new ExecutionException(down));
    assertThat(seen).hasSize(16).endsWith(down);
  }

  @Test
  void aRefusalInsideAnExecutionExceptionCountsAsNeither() {
    fail(breaker, 2);
    for (RejectedException refusal : REFUSALS) {
      failWith(breaker, new ExecutionException(refusal));
      admitted(breaker).recordFailure(new InvocationTargetException(refusal));
    }
    assertThat(breaker.failureCount()).isEqualTo(2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void anErrorThatThePredicateIgnoresCountsAsNeither() {
    CircuitBreaker lenient =
        breakerOn(time)
            .failureThreshold(3)
            .recordFailureIf(error -> !(error instanceof IllegalArgumentException))
            .build();
    fail(lenient, 2);
    failWith(lenient, new IllegalArgumentException());
    assertThat(lenient.failureCount()).isEqualTo(2);
    CircuitBreaker windowed =
        breakerOn(time)
            .countWindow(2)
            .recordFailureIf(error -> !(error instanceof IllegalArgumentException))
            .build();
    fail(windowed);
    failWith(windowed, new IllegalArgumentException());
    assertThat(windowed.failureCount()).isEqualTo(1);
    fail(windowed);
    assertThat(windowed.state()).isEqualTo(State.OPEN);
  }

  // ---- Values

  private CircuitBreaker judgesStatus() {
    return breakerOn(time)
        .failureThreshold(2)
        .recordFailureIfResult(status -> status instanceof Integer code && code >= 500)
        .build();
  }

  private static void answer(CircuitBreaker breaker, @Nullable Integer status) {
    CompletableFuture<@Nullable Integer> reply =
        breaker.execute(() -> CompletableFuture.completedFuture(status));
    assertThat(reply).isCompletedWithValue(status);
  }

  @Test
  void aValueIsAFailureWhereThePredicateSaysSo() throws Exception {
    CircuitBreaker http = judgesStatus();
    answer(http, 500);
    assertThat(http.failureCount()).isEqualTo(1);
    answer(http, 200);
    assertThat(http.failureCount()).isZero();
    answer(http, 503);
    int status = http.<Integer, Exception>call(() -> 500);
    assertThat(status).as("the caller gets the value all the same").isEqualTo(500);
    assertThat(http.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aValueThatIsAFailureOpensAHalfOpenBreaker() {
    CircuitBreaker http = judgesStatus();
    http.forceOpen();
    time.advance(TIMEOUT);
    answer(http, 500);
    assertThat(http.state()).isEqualTo(State.OPEN);
    time.advance(TIMEOUT);
    answer(http, null);
    assertThat(http.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aValueThatIsAFailureCountsInAWindow() {
    CircuitBreaker http =
        breakerOn(time).countWindow(4).recordFailureIfResult(Integer.valueOf(500)::equals).build();
    answer(http, 200);
    answer(http, 200);
    answer(http, 500);
    assertThat(http.state()).isEqualTo(State.CLOSED);
    answer(http, 500);
    assertThat(http.state()).isEqualTo(State.OPEN);
  }

  @Test
  void whatIsSaidByHandIsNotAskedAbout() {
    CircuitBreaker strict =
        breakerOn(time).failureThreshold(1).recordFailureIfResult(result -> true).build();
    admitted(strict).recordSuccess();
    assertThat(strict.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void bothPredicatesWorkTogether() {
    CircuitBreaker both =
        breakerOn(time)
            .failureThreshold(2)
            .recordFailureIf(IOException.class::isInstance)
            .recordFailureIfResult(Integer.valueOf(500)::equals)
            .build();
    failWith(both, new Down());
    answer(both, 500);
    assertThat(both.failureCount()).isEqualTo(1);
    failWith(both, new IOException());
    assertThat(both.state()).isEqualTo(State.OPEN);
  }

  @Test
  void anOutcomeNeedsAnError() {
    Permit permit = admitted(breaker);
    assertThatNullPointerException().isThrownBy(() -> recordNull(permit));
    permit.recordFailure(new Down());
    assertThat(breaker.failureCount()).as("not ended by the mistake").isEqualTo(1);
    succeed(breaker);
  }

  @SuppressWarnings("NullAway")
  private static void recordNull(Permit permit) {
    permit.recordFailure(null);
  }
}
