package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failure;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an operator does: {@code forceOpen}, {@code reset} and {@code close}, in every state.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class ByHandTest {
  private final ManualTime time;
  private final CircuitBreaker breaker;

  ByHandTest(long origin) {
    time = new ManualTime(origin);
    breaker = breakerOn(time).failureThreshold(3).build();
  }

  // ---- forceOpen

  @Test
  void forcedOpenItRefusesForOneTimeout() {
    fail(breaker, 2);
    breaker.forceOpen();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(2);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
    time.advance(TIMEOUT.minusNanos(1));
    assertThat(refusal(breaker).retryAfter()).hasValue(ONE_NANO);
    time.advance(ONE_NANO);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void forcedOpenAgainItRefusesForOneTimeoutFromThen() {
    fail(breaker, 3);
    time.advance(TIMEOUT.minusNanos(1));
    breaker.forceOpen();
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
    assertThat(breaker.failureCount()).isEqualTo(3);
  }

  @Test
  void forcedOpenWhileHalfOpenItsProbesDecideNothing() {
    fail(breaker, 3);
    time.advance(TIMEOUT);
    Permit probe = admitted(breaker);
    breaker.forceOpen();
    probe.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
  }

  @Test
  void forcedOpenItKeepsTheWindowsFailures() {
    CircuitBreaker windowed = breakerOn(time).timeWindow(Duration.ofSeconds(10)).build();
    fail(windowed, 4);
    windowed.forceOpen();
    time.advance(Duration.ofSeconds(30));
    assertThat(windowed.failureCount()).as("when it was left").isEqualTo(4);
  }

  // ---- reset

  @Test
  void resetClosesItInEveryState() {
    fail(breaker, 2);
    breaker.reset();
    isClosedAndForgetful();
    fail(breaker, 3);
    breaker.reset();
    isClosedAndForgetful();
    fail(breaker, 3);
    letProbesIn(breaker, time, TIMEOUT);
    breaker.reset();
    isClosedAndForgetful();
  }

  private void isClosedAndForgetful() {
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isZero();
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    breaker.reset();
  }

  @Test
  void resetForgetsTheWindow() {
    CircuitBreaker windowed = breakerOn(time).countWindow(10).build();
    fail(windowed, 9);
    windowed.reset();
    assertThat(windowed.failureCount()).isZero();
    fail(windowed, 9);
    assertThat(windowed.state()).isEqualTo(State.CLOSED);
  }

  // ---- close

  private void isShut(State state, int failures) {
    assertThat(breaker.tryAcquire()).isEmpty();
    assertThat(failure(breaker.acquire())).isInstanceOf(LimiterClosedException.class);
    assertThat(failure(breaker.execute(CompletableFuture::new)))
        .isInstanceOfSatisfying(
            LimiterClosedException.class,
            refusal -> assertThat(refusal.limiter()).isEqualTo(Steps.NAME));
    assertThatThrownBy(() -> breaker.call(() -> "never"))
        .isInstanceOf(LimiterClosedException.class);
    assertThat(breaker.state()).isEqualTo(state);
    assertThat(breaker.failureCount()).isEqualTo(failures);
  }

  private void staysShut(State state, int failures) {
    isShut(state, failures);
    breaker.close();
    breaker.reset();
    breaker.forceOpen();
    time.advance(TIMEOUT.multipliedBy(2));
    isShut(state, failures);
  }

  /** Promises: All 10. */
  @Test
  void closedForGoodWhileClosedItAdmitsNothing() {
    fail(breaker, 2);
    Permit running = admitted(breaker);
    breaker.close();
    isShut(State.CLOSED, 2);
    running.recordFailure(new Down());
    staysShut(State.CLOSED, 2);
  }

  /** Promises: All 10. */
  @Test
  void closedForGoodWhileOpenItAdmitsNothing() {
    fail(breaker, 3);
    breaker.close();
    staysShut(State.OPEN, 3);
  }

  /** Promises: All 10. */
  @Test
  void closedForGoodWhileHalfOpenItAdmitsNothing() {
    fail(breaker, 3);
    time.advance(TIMEOUT);
    Permit probe = admitted(breaker);
    breaker.close();
    isShut(State.HALF_OPEN, 3);
    probe.recordSuccess();
    staysShut(State.HALF_OPEN, 3);
  }

  /** Promises: All 10. */
  @Test
  void aCallThatRunsWhenItIsClosedFinishes() {
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = breaker.execute(() -> running);
    breaker.close();
    running.complete("over");
    assertThat(result).isCompletedWithValue("over");
  }
}
