package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Retries without delay, or with an executor that runs in place, deepen no stack.
 *
 * <p>Promises: All 7.
 */
@Tag("unit")
class ImmediateRetriesTest {
  private static final int MANY = 200_000;
  private static final int MANY_FRAMES = 1_000;
  private static final int SLACK = 100; // frames; attempts inside attempts make thousands

  private final ManualTime time = new ManualTime();
  private final IOException error = new IOException("down");
  private int attempts;
  private long first;
  private long deepest;

  private Retry retry(TimeSource clock, Executor executor, Duration delay) {
    return Retry.builder()
        .maxAttempts(MANY)
        .initialDelay(delay)
        .timeSource(clock)
        .executor(executor)
        .retryIfResult("busy"::equals)
        .build();
  }

  private int reached() {
    if (attempts % 1_000 == 0) {
      long depth = StackWalker.getInstance().walk(frames -> frames.limit(MANY_FRAMES).count());
      first = first == 0 ? depth : first;
      deepest = Math.max(deepest, depth);
    }
    return ++attempts;
  }

  private void allMadeOnAFlatStack(CompletableFuture<String> result) {
    assertThat(attempts).isEqualTo(MANY);
    assertThat(deepest).isLessThan(first + SLACK);
    assertThat(result).isDone();
    assertThat(time.pending()).isZero();
  }

  private Supplier<CompletionStage<String>> failing() {
    return () -> {
      reached();
      return CompletableFuture.failedFuture(error);
    };
  }

  @Test
  void attemptsThatFailAsTheyStart() {
    allMadeOnAFlatStack(retry(time, time, Duration.ZERO).execute(failing()));
  }

  @Test
  void attemptsThatThrow() {
    CompletableFuture<String> result =
        retry(time, time, Duration.ZERO)
            .execute(
                () -> {
                  reached();
                  throw new IllegalStateException();
                });
    allMadeOnAFlatStack(result);
  }

  @Test
  void resultsThatAskForMore() {
    CompletableFuture<String> result =
        retry(time, time, Duration.ZERO)
            .execute(
                () -> {
                  reached();
                  return CompletableFuture.completedStage("busy");
                });
    allMadeOnAFlatStack(result);
    assertThat(result).isCompletedWithValue("busy");
  }

  @Test
  void attemptsThatFailLaterOnAnExecutorThatRunsInPlace() {
    Callee callee = new Callee();
    CompletableFuture<String> result =
        retry(time, Runnable::run, Duration.ZERO)
            .execute(
                () -> {
                  reached();
                  return callee.get();
                });
    while (!result.isDone()) {
      callee.fail(error);
    }
    allMadeOnAFlatStack(result);
  }

  @Test
  void delaysOfATimerThatRingsAtOnceOnAnExecutorThatRunsInPlace() {
    TimeSource instant =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            task.run();
            return () -> false;
          }
        };
    allMadeOnAFlatStack(retry(instant, Runnable::run, Duration.ofSeconds(1)).execute(failing()));
  }

  @Test
  void delaysOnAnExecutorThatRunsInPlace() {
    CompletableFuture<String> result =
        retry(time, Runnable::run, Duration.ofNanos(1)).execute(failing());
    while (!result.isDone()) {
      time.advance(Duration.ofHours(1));
    }
    allMadeOnAFlatStack(result);
  }

  @Test
  void anAttemptThatEndsAsItStartsIsFollowedOnTheSameThread() {
    Thread[] last = {null};
    retry(time, time, Duration.ZERO)
        .execute(
            () -> {
              last[0] = Thread.currentThread();
              return reached() < 3
                  ? CompletableFuture.failedFuture(error)
                  : CompletableFuture.completedFuture("up");
            });
    assertThat(attempts).isEqualTo(3);
    assertThat(last[0]).isSameAs(Thread.currentThread());
  }

  @Test
  void anAttemptThatEndsLaterIsFollowedOnTheExecutorAndNotInsideItsCompletion() {
    Callee callee = new Callee();
    retry(time, time, Duration.ZERO).execute(callee);
    callee.fail(error);
    assertThat(callee.started()).isEqualTo(1);
    time.runTasks();
    assertThat(callee.started()).isEqualTo(2);
  }
}
