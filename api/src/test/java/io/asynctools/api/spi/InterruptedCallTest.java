package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An interrupted call says nothing about the callee, whatever it throws.
 *
 * <p>Promises: Circuit breaker 4.
 */
@Tag("unit")
class InterruptedCallTest {
  private final List<String> ends = new ArrayList<>();
  private final Permit permit =
      new Permit() {
        @Override
        public void release() {
          ends.add("released");
        }

        @Override
        public void recordFailure(Throwable error) {
          ends.add("failed");
        }
      };

  @AfterEach
  void clearTheFlag() {
    boolean unused = Thread.interrupted();
  }

  static Stream<Exception> interrupts() {
    return Stream.of(
        new InterruptedException(),
        new IllegalStateException(new InterruptedException()),
        new ExecutionException(new RuntimeException(new InterruptedException())),
        new ClosedByInterruptException(),
        new InterruptedIOException(),
        new InterruptedIOException("interrupted"),
        new UncheckedIOException(new ClosedByInterruptException()));
  }

  @ParameterizedTest
  @MethodSource("interrupts")
  void anInterruptThatIsReportedByAnExceptionReleasesThePermit(Exception interrupt) {
    assertThatThrownBy(
            () ->
                PermittedCall.call(
                    permit,
                    () -> {
                      throw interrupt;
                    }))
        .isSameAs(interrupt);
    assertThat(ends).containsExactly("released");

    ends.clear();
    assertThat(PermittedCall.execute(permit, () -> CompletableFuture.failedFuture(interrupt)))
        .isCompletedExceptionally();
    assertThat(ends).containsExactly("released");
  }

  @Test
  void anExceptionThrownWithTheFlagSetAgainReleasesThePermit() {
    assertThatThrownBy(
            () ->
                PermittedCall.call(
                    permit,
                    () -> {
                      Thread.currentThread().interrupt();
                      throw new IllegalStateException("gave up");
                    }))
        .hasMessage("gave up");

    assertThat(ends).containsExactly("released");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anErrorThrownWithTheFlagSetIsStillAFailure() {
    assertThatThrownBy(
            () ->
                PermittedCall.call(
                    permit,
                    () -> {
                      Thread.currentThread().interrupt();
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(ends).containsExactly("failed");
  }

  static Stream<Exception> timeouts() {
    return Stream.of(
        new SocketTimeoutException("Read timed out"), new InterruptedIOException("timeout"));
  }

  @ParameterizedTest
  @MethodSource("timeouts")
  void aTimeoutOfTheCalleeIsAFailureThoughItsTypeSaysInterrupted(Exception timeout) {
    assertThatThrownBy(
            () ->
                PermittedCall.call(
                    permit,
                    () -> {
                      throw timeout;
                    }))
        .isSameAs(timeout);

    assertThat(ends).containsExactly("failed");
  }

  @Test
  void aCircleOfCausesEnds() {
    RuntimeException inner = new RuntimeException("inner");
    RuntimeException outer = new RuntimeException("outer", inner);
    inner.initCause(outer);

    assertThat(Failures.isCancel(outer)).isFalse();
  }
}
