package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.ToyLine.Counter;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What rules, clocks and timers may do wrong, and the line must survive. */
@Tag("unit")
class LineTest {
  private final ManualTime time = new ManualTime();

  /** Grants everything from some instant on; tells what it does to its line. */
  private static class Gate extends RateLimiterBase {
    private final long opensAt;
    private final boolean wakesInUndo;

    Gate(TimeSource time, long opensAt, boolean wakesInUndo, Deque<Runnable> executor) {
      super(
          LimiterSettings.of(LimiterEnvironment.system(), "gate")
              .withTimeSource(time)
              .withExecutor(executor::add));
      this.opensAt = opensAt;
      this.wakesInUndo = wakesInUndo;
    }

    @Override
    protected long take(long permits) {
      return nanoTime() >= opensAt ? 0 : REFUSED;
    }

    @Override
    protected long nanosUntil(long permits) {
      return Math.max(opensAt - nanoTime(), 0);
    }

    @Override
    protected long undo(long permits, long mark, long returned) {
      if (wakesInUndo) {
        wake();
      }
      return 0;
    }

    @Override
    protected long maxPermits() {
      return Long.MAX_VALUE;
    }

    @Override
    protected boolean idle() {
      return true;
    }
  }

  private final Deque<Runnable> executor = new ArrayDeque<>();

  @Test
  void aTimerThatRunsInsideScheduleIsSetOnceMore() {
    int[] set = {0};
    TimeSource hasty =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            if (set[0]++ == 0) {
              task.run();
              return () -> false;
            }
            return time.schedule(task, delayNanos);
          }
        };
    CompletableFuture<Permit> waiter = new Gate(hasty, 1_000, false, executor).acquire();
    time.advance(Duration.ofNanos(1_000));
    executor.forEach(Runnable::run);
    assertThat(waiter).isCompleted();
  }

  @Test
  void aClockThatThrowsLeavesNobodyBehind() {
    boolean[] broken = {false};
    TimeSource clock =
        new TimeSource() {
          @Override
          public long nanoTime() {
            if (broken[0]) {
              throw new IllegalStateException("no time");
            }
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delayNanos);
          }
        };
    Gate gate = new Gate(clock, 1_000, false, executor);
    CompletableFuture<Permit> first = gate.acquire();
    broken[0] = true;
    assertThat(gate.acquire()).isCompletedExceptionally();
    assertThat(gate.acquire(1, Duration.ofSeconds(1))).isCompletedExceptionally();
    broken[0] = false;
    assertThat(gate.waiters()).isEqualTo(1);
    time.advance(Duration.ofNanos(1_000));
    executor.forEach(Runnable::run);
    assertThat(first).isCompleted();
  }

  /** Promises: All 7. */
  @Test
  void aRuleThatWakesWhileItIsAskedRunsNothingUnderTheLock() {
    List<Boolean> locked = new ArrayList<>();
    Gate gate = new Gate(time, 1_000, true, executor);
    CompletableFuture<Permit> first = gate.acquire();
    time.advance(Duration.ofNanos(1_000));
    gate.acquire().thenRun(() -> locked.add(gate.line().lock.isHeldByCurrentThread()));
    first.cancel(false);
    executor.forEach(Runnable::run);
    assertThat(locked).doesNotContain(true);
  }

  /** Promises: All 8. */
  @Test
  void asMuchAsCanBeAskedForMayBeWaitedFor() {
    Gate gate = new Gate(time, 1_000, false, executor);
    assertThat(gate.acquire(Long.MAX_VALUE)).isNotDone();
    assertThat(gate.acquire(1)).isCompletedExceptionally(); // past what can be counted
    assertThat(gate.waiters()).isEqualTo(1);
  }

  /** Promises: All 6. */
  @Test
  void aPermitThatCannotBeMadeIsGivenBack() {
    Counter counter =
        new Counter(2, Runnable::run) {
          @Override
          protected Permit permit(long permits) {
            throw new OutOfMemoryError("no permit");
          }
        };
    assertThat(counter.acquire()).isCompletedExceptionally();
    assertThat(counter.left()).isEqualTo(2);
  }
}
