package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.ManualTime;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An interrupted call says nothing about the callee, whatever it throws. (A rolling restart, which
 * interrupts all calls, opened the breakers that they shared.)
 *
 * <p>Promises: Circuit breaker 4.
 */
@Tag("unit")
class InterruptedCallsTest {
  private final ManualTime time = new ManualTime();
  private final CircuitBreaker breaker = breakerOn(time).failureThreshold(1).build();

  @AfterEach
  void clearTheFlag() {
    Thread.interrupted();
  }

  static List<Exception> interrupts() {
    return List.of(
        new InterruptedException(),
        new RuntimeException("wrapped", new InterruptedException()),
        new IllegalStateException(new RuntimeException(new InterruptedException())),
        new ClosedByInterruptException(),
        new InterruptedIOException(),
        new UncheckedIOException(new InterruptedIOException("interrupted")),
        new ExecutionException(new InterruptedException()),
        new ExecutionException(new CancellationException()),
        new CompletionException(new ExecutionException(new InterruptedException())));
  }

  private void countsAsNeither(Exception interrupt) {
    failWithCall(interrupt);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    if (!(interrupt instanceof CompletionException)) { // which a stage unwraps
      failWith(breaker, interrupt);
    }
    admitted(breaker).recordFailure(interrupt);
    admitted(breaker).recordFailure(new CompletionException(interrupt));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isZero();
  }

  private void failWithCall(Exception interrupt) {
    assertThatThrownBy(
            () ->
                breaker.call(
                    () -> {
                      throw interrupt;
                    }))
        .isSameAs(interrupt);
  }

  @ParameterizedTest
  @MethodSource("interrupts")
  void anInterruptCountsAsNeither(Exception interrupt) {
    countsAsNeither(interrupt);
  }

  @ParameterizedTest
  @MethodSource("interrupts")
  void anInterruptedProbeFreesItsSlot(Exception interrupt) {
    fail(breaker);
    letProbesIn(breaker, time, TIMEOUT);
    failWithCall(interrupt);
    admitted(breaker).recordFailure(interrupt);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void anyExceptionOfACallWhoseThreadIsInterruptedCountsAsNeither() {
    IllegalStateException thrown = new IllegalStateException("gave up");
    assertThatThrownBy(
            () ->
                breaker.call(
                    () -> {
                      Thread.currentThread().interrupt();
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void anInterruptIsNeverShownToThePredicate() {
    CircuitBreaker strict =
        breakerOn(time).failureThreshold(1).recordFailureIf(error -> true).build();
    interrupts().forEach(interrupt -> admitted(strict).recordFailure(interrupt));
    assertThat(strict.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aTimeOutOfTheCalleeIsAFailure() {
    failWith(breaker, new SocketTimeoutException("Read timed out"));
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }
}
