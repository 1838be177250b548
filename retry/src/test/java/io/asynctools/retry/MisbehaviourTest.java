package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls, executors and time sources that misbehave; the caller always hears.
 *
 * <p>Promises: All 6.
 */
@Tag("unit")
class MisbehaviourTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Executor REJECTING =
      task -> {
        throw new RejectedExecutionException("shut down");
      };

  private final ManualTime time = new ManualTime();
  private final IOException error = new IOException("down");
  private final Callee callee = new Callee();
  private final Retry.Builder builder = Retry.builder().timeSource(time).executor(time);

  private static Throwable errorOf(CompletableFuture<?> failed) {
    assertThat(failed).isCompletedExceptionally();
    return failed.handle((value, error) -> error).join();
  }

  // ---- Calls

  @Test
  void theSecondAttemptThrowsAsItStartsAndTheCallerHears() { // resilience4j #1718
    IllegalStateException thrown = new IllegalStateException("second");
    CompletableFuture<String> result =
        builder
            .maxAttempts(2)
            .build()
            .execute(
                () -> {
                  if (callee.started() == 1) {
                    throw thrown;
                  }
                  return callee.get();
                });
    callee.fail(error);
    time.advance(SECOND);
    assertThat(errorOf(result)).isSameAs(thrown);
  }

  @Test
  void anErrorThrownByTheSecondAttemptIsHeardAndNotRetried() {
    Error thrown = new StackOverflowError("second");
    CompletableFuture<String> result =
        builder
            .build()
            .execute(
                () -> {
                  if (callee.started() == 1) {
                    throw thrown;
                  }
                  return callee.get();
                });
    callee.fail(error);
    time.advance(SECOND);
    assertThat(errorOf(result)).isSameAs(thrown);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aCallThatGivesNullFailsAndIsRetried() {
    CompletableFuture<String> result = builder.maxAttempts(2).build().execute(() -> null);
    assertThat(result).isNotDone();
    time.advance(SECOND);
    assertThat(errorOf(result))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the call gave null in place of a CompletionStage");
  }

  @Test
  void aStageThatRefusesToBeAskedIsListenedTo() {
    CompletableFuture<String> result =
        builder.build().execute(() -> CompletableFuture.completedStage("up"));
    assertThat(result).isCompletedWithValue("up");
    CompletableFuture<String> failed =
        builder.maxAttempts(1).build().execute(() -> CompletableFuture.failedStage(error));
    assertThat(errorOf(failed)).isSameAs(error);
  }

  @Test
  void aStageThatRefusesToBeListenedToFails() {
    CompletableFuture<String> deaf =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<String> whenComplete(
              BiConsumer<? super String, ? super Throwable> action) {
            throw new UnsupportedOperationException("deaf");
          }
        };
    CompletableFuture<String> result = builder.maxAttempts(1).build().execute(() -> deaf);
    assertThat(errorOf(result)).hasMessage("deaf");
  }

  @Test
  void aStageThatCompletesTwiceIsHeardOnce() {
    List<BiConsumer<? super String, ? super Throwable>> listeners = new ArrayList<>();
    CompletableFuture<String> twice =
        new CompletableFuture<>() {
          @Override
          public CompletableFuture<String> whenComplete(
              BiConsumer<? super String, ? super Throwable> action) {
            listeners.add(action);
            return this;
          }
        };
    Told told = new Told();
    CompletableFuture<String> result = builder.onRetry(told).build().execute(() -> twice);
    listeners.get(0).accept(null, error);
    listeners.get(0).accept("up", null);
    assertThat(told.retries).hasSize(1);
    assertThat(result).isNotDone();
    time.advance(SECOND);
    listeners.get(1).accept("up", null);
    assertThat(result).isCompletedWithValue("up");
  }

  /** Promises: All 9. */
  @Test
  void nullIsRefusedAtTheCall() {
    assertThatThrownBy(() -> builder.build().execute(null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void theResultCannotBeObtruded() {
    CompletableFuture<String> result = builder.build().execute(callee);
    assertThatThrownBy(() -> result.obtrudeValue("mine"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void theCalleesOwnFutureIsNotGivenAway() {
    CompletableFuture<String> shared = CompletableFuture.completedFuture("up");
    CompletableFuture<String> result = builder.build().execute(() -> shared);
    assertThat(result).isNotSameAs(shared).isCompletedWithValue("up");
  }

  // ---- Executors

  /** Promises: All 7. */
  @Test
  void anExecutorThatRejectsLeavesTheThreadAtHand() {
    CompletableFuture<String> result =
        builder.executor(REJECTING).attemptTimeout(SECOND).build().execute(callee);
    callee.fail(error);
    time.advance(SECOND); // the delay's timer is at hand
    assertThat(callee.started()).isEqualTo(2);
    time.advance(SECOND); // the attempt's
    assertThat(errorOf(callee.attempt(2))).isInstanceOf(TimeoutException.class);
    time.advance(SECOND.multipliedBy(2));
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(time.pending()).isZero();
  }

  /** Promises: All 7. */
  @Test
  void anExecutorThatRejectsAnAttemptWithoutDelayLeavesTheThreadAtHand() {
    CompletableFuture<String> result =
        builder.executor(REJECTING).initialDelay(Duration.ZERO).build().execute(callee);
    callee.fail(error);
    assertThat(callee.started()).isEqualTo(2);
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
  }

  /** Promises: Retry 1. */
  @Test
  void anExecutorThatRejectsWhatItHasRunStartsNoAttemptTwice() {
    Executor both =
        task -> {
          task.run();
          throw new RejectedExecutionException("shut down");
        };
    CompletableFuture<String> result =
        builder.executor(both).initialDelay(Duration.ZERO).build().execute(callee);
    callee.fail(error);
    assertThat(callee.started()).isEqualTo(2);
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
  }

  // ---- Time sources

  private final class OddTime implements TimeSource {
    private final List<Runnable> tasks = new ArrayList<>();
    private boolean isShut;
    private int readings = Integer.MAX_VALUE; // before the clock throws

    @Override
    public long nanoTime() {
      if (readings-- == 0) {
        throw new IllegalStateException("no clock");
      }
      return time.nanoTime();
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
      if (isShut) {
        throw new RejectedExecutionException("the timer is shut down");
      }
      tasks.add(task);
      return time.schedule(task, delayNanos);
    }

    void ringAll() {
      List.copyOf(tasks).forEach(Runnable::run);
    }
  }

  /** Promises: Retry 1. */
  @Test
  void aTimerThatRingsEarlyEndsNoDelayAndNoAttempt() {
    OddTime odd = new OddTime();
    CompletableFuture<String> result =
        builder.timeSource(odd).attemptTimeout(SECOND).build().execute(callee);
    odd.ringAll();
    time.runTasks();
    assertThat(callee.attempt(1)).isNotDone();
    callee.fail(error);
    odd.ringAll();
    time.advance(SECOND.minusNanos(1));
    assertThat(callee.started()).isEqualTo(1);
    time.advance(Duration.ofNanos(1));
    assertThat(callee.started()).isEqualTo(2);
    assertThat(result).isNotDone();
  }

  /** Promises: Retry 1. */
  @Test
  void aTimerThatRingsTwiceIsHeardOnce() {
    OddTime odd = new OddTime();
    builder.timeSource(odd).attemptTimeout(SECOND).build().execute(callee);
    callee.fail(error);
    time.advance(SECOND);
    odd.ringAll();
    odd.ringAll();
    time.runTasks();
    assertThat(callee.started()).isEqualTo(2);
    assertThat(callee.attempt(2)).isNotDone();
  }

  @Test
  void aTimerThatCannotBeSetForADelayIsHeardOf() {
    OddTime odd = new OddTime();
    CompletableFuture<String> result = builder.timeSource(odd).build().execute(callee);
    odd.isShut = true;
    callee.fail(error);
    assertThat(errorOf(result)).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void aTimerThatCannotBeSetForAnAttemptEndsIt() {
    OddTime odd = new OddTime();
    odd.isShut = true;
    CompletableFuture<String> result =
        builder.timeSource(odd).attemptTimeout(SECOND).build().execute(callee);
    assertThat(errorOf(result)).isInstanceOf(RejectedExecutionException.class);
    assertThat(callee.attempt(1)).isCancelled();
  }

  @Test
  void aClockThatThrowsIsHeardOf() {
    TimeSource broken =
        new TimeSource() {
          @Override
          public long nanoTime() {
            throw new IllegalStateException("no clock");
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delayNanos);
          }
        };
    CompletionStage<String> result =
        builder.timeSource(broken).totalTimeout(SECOND).build().execute(callee);
    assertThat(errorOf(result.toCompletableFuture())).hasMessage("no clock");
    CompletableFuture<String> later =
        Retry.builder().timeSource(broken).executor(time).build().execute(callee);
    callee.fail(error);
    assertThat(errorOf(later)).hasMessage("no clock");
  }

  @Test
  void aClockThatThrowsAfterTheWaitIsHeardOf() {
    OddTime odd = new OddTime();
    CompletableFuture<String> result =
        builder.timeSource(odd).totalTimeout(SECOND.multipliedBy(5)).build().execute(callee);
    callee.fail(error);
    odd.readings = 1; // the timer's, who looks whether the time has come
    time.advance(SECOND);
    assertThat(errorOf(result)).hasMessage("no clock");
    assertThat(callee.started()).isEqualTo(1);
  }
}
