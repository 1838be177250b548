package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.ToyLine.Counter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Where ending a stage does not end its work, it is left alone and keeps its permit.
 *
 * <p>Promises: All 4.
 */
@Tag("unit")
class EndsCallsTest {
  private final Recorded.Outcome permit = new Recorded.Outcome();
  private final CompletableFuture<String> running = new CompletableFuture<>();

  /** A counter whose permits are written down, and give back what they hold. */
  private Counter counter(boolean endsCalls) {
    return new Counter(1, Runnable::run) {
      @Override
      protected boolean endsCalls() {
        return endsCalls;
      }

      @Override
      protected Permit permit(long permits) {
        return new Recorded.Outcome(permit.events) {
          @Override
          public void release() {
            super.release();
            free(permits);
          }

          @Override
          public void recordFailure(Throwable error) {
            super.recordFailure(error);
            free(permits);
          }
        };
      }
    };
  }

  @Test
  void aCancelLeavesTheStageAloneAndKeepsThePermitUntilItCompletes() {
    Counter counter = counter(false);
    CompletableFuture<String> result = counter.execute(() -> running);
    assertThat(result.cancel(true)).isTrue();
    assertThat(result).isCancelled();
    assertThat(running).isNotDone();
    assertThat(counter.tryAcquire()).isEmpty();
    assertThat(permit.events).containsExactly("told null");
    running.complete("over");
    assertThat(permit.events).containsExactly("told null", "released");
    assertThat(counter.left()).isEqualTo(1);
  }

  @Test
  void aTimeOutLeavesTheStageAloneAndIsItsOutcomeAllTheSame() {
    Counter counter = counter(false);
    TimeoutException late = new TimeoutException("late");
    counter.execute(() -> running).completeExceptionally(late);
    assertThat(running).isNotDone();
    assertThat(counter.left()).isZero();
    running.complete("over");
    assertThat(permit.events).containsExactly("told " + late, "failure " + late);
    assertThat(counter.left()).isEqualTo(1);
  }

  @Test
  void aCallEndedWhileItStartsRunsOnToo() {
    Counter counter = counter(false);
    CompletableFuture<String> first = counter.execute(() -> running);
    CompletableFuture<String> second = new CompletableFuture<>();
    @SuppressWarnings({"unchecked", "rawtypes"})
    CompletableFuture<String>[] waits = new CompletableFuture[1];
    waits[0] =
        counter.execute(
            () -> {
              waits[0].cancel(true);
              return second;
            });
    running.complete("over"); // the one who waits starts
    assertThat(first).isCompletedWithValue("over");
    counter.free(1); // a value gave nothing back
    assertThat(waits[0]).isCancelled();
    assertThat(second).isNotDone();
    assertThat(counter.left()).isZero();
    second.complete("over");
    assertThat(counter.left()).isEqualTo(1);
  }

  @Test
  void oneWhoLeavesTheLineStartsNothing() {
    Counter counter = counter(false);
    counter.execute(() -> running);
    CompletableFuture<String> waits =
        counter.execute(
            () -> {
              throw new AssertionError("started");
            });
    assertThat(counter.waiters()).isEqualTo(1);
    waits.cancel(true);
    assertThat(counter.waiters()).isZero();
    assertThat(permit.events).isEmpty();
  }

  @Test
  void otherwiseACancelEndsTheStageAndGivesThePermitBack() {
    Counter counter = counter(true);
    counter.execute(() -> running).cancel(true);
    assertThat(running).isCancelled();
    assertThat(counter.left()).isEqualTo(1);
  }
}
