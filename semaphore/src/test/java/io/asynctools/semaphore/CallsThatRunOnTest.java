package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A call holds its permit until it has ended, however it ends, and whatever its caller thinks of it
 * meanwhile.
 *
 * <p>Promises: All 4.
 */
@Tag("unit")
@Timeout(60)
class CallsThatRunOnTest {
  private final ManualTime time = new ManualTime();
  private final SemaphoreRateLimiter semaphore = semaphore(true);

  @Test
  void aFutureThatOverridesCancelKeepsItsPermitUntilItEnds() {
    AtomicBoolean asked = new AtomicBoolean();
    CompletableFuture<String> work =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            asked.set(true);
            return false;
          }
        };
    endedByItsCallerRunsOn(semaphore, work);
    assertThat(asked).as("asked to stop").isTrue();
  }

  @Test
  void aStageThatIsNoFutureKeepsItsPermitUntilItEnds() {
    CompletableFuture<String> work =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<String> toCompletableFuture() {
            throw new UnsupportedOperationException("not to be ended from outside");
          }
        };
    endedByItsCallerRunsOn(semaphore, work);
  }

  /**
   * spring-cloud-circuitbreaker #163: cancelled, a plain future is done though its work goes on.
   */
  @Test
  void aPlainFutureThatIsNotToBeCancelledIsLeftAlone() {
    endedByItsCallerRunsOn(semaphore(false), new CompletableFuture<>());
  }

  private void endedByItsCallerRunsOn(
      SemaphoreRateLimiter limiter, CompletableFuture<String> work) {
    CompletableFuture<String> result = limiter.execute(() -> work);
    final CompletableFuture<String> next = limiter.execute(() -> new CompletableFuture<>());
    assertThat(result.cancel(true)).isTrue();
    time.runTasks();
    assertThat(result).isCancelled();
    assertThat(work).isNotDone();
    assertThat(limiter.availablePermits()).isZero();
    assertThat(limiter.waiters()).as("calls that wait for its end").isEqualTo(1);
    work.complete("over");
    time.runTasks();
    assertThat(limiter.waiters()).isZero();
    next.completeExceptionally(new TimeoutException());
    assertThat(result).isCancelled();
  }

  @Test
  void withoutCancelCallsATimeOutIsNotPassedOnEither() {
    SemaphoreRateLimiter patient = semaphore(false);
    CompletableFuture<String> work = new CompletableFuture<>();
    CompletableFuture<String> result = patient.execute(() -> work);
    assertThat(result.completeExceptionally(new TimeoutException())).isTrue();
    assertThat(work).isNotDone();
    assertThat(patient.availablePermits()).isZero();
    work.completeExceptionally(new IOException("late"));
    assertThat(patient.availablePermits()).isEqualTo(1);
  }

  @Test
  void withoutCancelCallsACallThatStillWaitsLeavesTheLine() {
    SemaphoreRateLimiter patient = semaphore(false);
    CompletableFuture<String> work = new CompletableFuture<>();
    CompletableFuture<String> first = patient.execute(() -> work);
    AtomicBoolean started = new AtomicBoolean();
    CompletableFuture<String> second =
        patient.execute(
            () -> {
              started.set(true);
              return new CompletableFuture<>();
            });
    assertThat(second.cancel(true)).isTrue();
    work.complete("over");
    time.runTasks();
    assertThat(first).isCompletedWithValue("over");
    assertThat(started).isFalse();
    assertThat(patient.isIdle()).isTrue();
  }

  /** Promises: All 6. */
  @Test
  void aBlockingCallThatThrowsGivesItsPermitBack() {
    IOException thrown = new IOException("of the call");
    assertThatThrownBy(
            () ->
                semaphore.call(
                    () -> {
                      assertThat(semaphore.availablePermits()).isZero();
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    Error error = new StackOverflowError();
    assertThatThrownBy(
            () ->
                semaphore.call(
                    () -> {
                      throw error;
                    }))
        .isSameAs(error);
    assertThat(semaphore.availablePermits()).isEqualTo(1);
  }

  /** Promises: All 6. */
  @Test
  void aBlockingCallThatIsInterruptedGivesItsPermitBack() throws InterruptedException {
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    CompletableFuture<Void> inside = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                semaphore.call(
                    () -> {
                      inside.complete(null);
                      return new CompletableFuture<>().get(); // until interrupted
                    });
              } catch (Throwable e) {
                outcome.complete(e);
              }
            });
    caller.setDaemon(true);
    caller.start();
    inside.join();
    assertThat(semaphore.availablePermits()).isZero();
    caller.interrupt();
    assertThat(outcome.join()).isInstanceOf(InterruptedException.class);
    assertThat(semaphore.availablePermits()).isEqualTo(1);
  }

  private SemaphoreRateLimiter semaphore(boolean cancelCalls) {
    return SemaphoreRateLimiter.builder(1)
        .cancelCalls(cancelCalls)
        .timeSource(time)
        .executor(time)
        .build();
  }
}
