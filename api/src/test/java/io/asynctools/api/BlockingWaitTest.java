package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.strangers.StrangeLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code acquireBlocking} on a limiter that brings only {@code acquire}.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
class BlockingWaitTest {
  private static final Permit PERMIT = () -> {};

  @AfterEach
  void leaveNoInterruptBehind() {
    Thread.interrupted();
  }

  @Test
  void itGivesThePermitThatWasGranted() throws Exception {
    assertThat(granting(CompletableFuture.completedFuture(PERMIT)).acquireBlocking())
        .isSameAs(PERMIT);
  }

  @Test
  void aRefusalIsThrownUnwrapped() {
    RejectedException refusal = new RateLimitExceededException("x", Reason.RATE, null);

    assertThatExceptionOfType(RateLimitExceededException.class)
        .isThrownBy(() -> granting(CompletableFuture.failedFuture(refusal)).acquireBlocking())
        .isSameAs(refusal);
  }

  @Test
  void anErrorIsThrownUnwrapped() {
    assertThatExceptionOfType(OutOfMemoryError.class)
        .isThrownBy(
            () ->
                granting(CompletableFuture.failedFuture(new OutOfMemoryError("x")))
                    .acquireBlocking());
  }

  @Test
  void aCheckedExceptionThatNobodyPromisedIsWrapped() {
    Exception strange = new Exception("x");

    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> granting(CompletableFuture.failedFuture(strange)).acquireBlocking())
        .withCause(strange);
  }

  @Test
  void whatAcquireThrowsAtOnceIsThrown() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                asking(
                        () -> {
                          throw new IllegalArgumentException("permits must be at least 1, was 0");
                        })
                    .acquireBlocking(0, Duration.ZERO));
  }

  @Test
  void anInterruptOnEntryAsksForNothing() {
    Thread.currentThread().interrupt();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(
            () ->
                asking(
                        () -> {
                          throw new AssertionError("asked");
                        })
                    .acquireBlocking());
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptedWaitIsGivenUp() {
    CompletableFuture<Permit> waiting = new CompletableFuture<>();

    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> interruptedWhileWaitingFor(waiting).acquireBlocking());
    assertThat(waiting).isCancelled();
  }

  @Test
  void aGrantThatCameBeforeTheInterruptIsKept() throws Exception {
    CompletableFuture<Permit> granted =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            complete(PERMIT);
            return false;
          }
        };

    assertThat(interruptedWhileWaitingFor(granted).acquireBlocking()).isSameAs(PERMIT);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void aRefusalThatCameBeforeTheInterruptIsThrownUnwrapped() {
    RejectedException refusal = new LimiterClosedException("x");
    CompletableFuture<Permit> refused =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            completeExceptionally(refusal);
            return false;
          }
        };

    assertThatExceptionOfType(LimiterClosedException.class)
        .isThrownBy(() -> interruptedWhileWaitingFor(refused).acquireBlocking(1, Duration.ZERO))
        .isSameAs(refusal);
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  private static AsyncRateLimiter granting(CompletableFuture<Permit> outcome) {
    return asking(() -> outcome);
  }

  private static AsyncRateLimiter interruptedWhileWaitingFor(CompletableFuture<Permit> outcome) {
    return asking(
        () -> {
          Thread.currentThread().interrupt();
          return outcome;
        });
  }

  private static AsyncRateLimiter asking(Supplier<CompletableFuture<Permit>> acquire) {
    return new StrangeLimiter("x", task -> {}) {
      @Override
      public CompletableFuture<Permit> acquire() {
        return acquire.get();
      }
    };
  }
}
