package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Failsafe #393 and #400: its bulkhead hands permits to waiters that have given up, for ever. Here
 * one that gave up, in whatever way, is passed over.
 *
 * <p>Promises: All 3.
 */
@Tag("unit")
@Timeout(60)
class AbandonedWaitersTest {
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(2).maxWait(MAX_WAIT).timeSource(time).executor(time).build();

  /** The ways of giving up. */
  enum Ending {
    CANCEL((waiter, time) -> waiter.cancel(false)),
    CANCEL_WITH_INTERRUPT((waiter, time) -> waiter.cancel(true)),
    COMPLETE((waiter, time) -> waiter.complete(null)),
    COMPLETE_ASYNC((waiter, time) -> waiter.completeAsync(() -> null, Runnable::run)),
    /** What {@code orTimeout} does. */
    TIME_OUT((waiter, time) -> waiter.completeExceptionally(new TimeoutException())),
    MAX_WAIT_PASSED((waiter, time) -> time.advance(MAX_WAIT));

    final BiConsumer<CompletableFuture<?>, ManualTime> end;

    Ending(BiConsumer<CompletableFuture<?>, ManualTime> end) {
      this.end = end;
    }
  }

  @ParameterizedTest
  @EnumSource
  void thoseWhoGaveUpGetNoPermit(Ending ending) {
    Permit one = semaphore.tryAcquire().orElseThrow();
    final Permit other = semaphore.tryAcquire().orElseThrow();
    List<Integer> started = new ArrayList<>();
    for (CompletableFuture<?> waiter : line(20, started)) {
      ending.end.accept(waiter, time);
      assertThat(waiter).isDone();
    }
    assertThat(semaphore.waiters()).isZero();
    one.release();
    other.release();
    time.runTasks();
    assertThat(started).isEmpty();
    assertThat(semaphore.tryAcquire(2)).as("both permits").isPresent();
    assertThat(time.pending()).as("timers").isZero();
  }

  /** The permit was theirs already, but they had not heard of it. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "MAX_WAIT_PASSED")
  void thoseWhoGaveUpAfterTheirGrantGiveItBack(Ending ending) {
    Permit both = semaphore.tryAcquire(2).orElseThrow();
    List<Integer> started = new ArrayList<>();
    List<CompletableFuture<?>> line = line(20, started);
    final CompletableFuture<Permit> last = semaphore.acquire(2);
    both.release(); // to the first two, and as they give up to the next; none has heard of it
    line.forEach(waiter -> ending.end.accept(waiter, time));
    time.runTasks();
    assertThat(started).isEmpty();
    assertThat(last).as("the one who still wants it").isCompleted();
    assertThat(semaphore.availablePermits()).isZero();
    last.join().release();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
  }

  /** Promises: All 3, All 8. */
  @Test
  void aGrantInTheInstantInWhichMaxWaitPassesIsNeitherLostNorDoubled() {
    Permit both = semaphore.tryAcquire(2).orElseThrow();
    CompletableFuture<Permit> late = semaphore.acquire();
    CompletableFuture<Permit> inTime = semaphore.acquire(2, MAX_WAIT.plusNanos(1));
    time.advance(MAX_WAIT);
    both.release();
    time.runTasks();
    assertThat(late).isCompletedExceptionally();
    assertThat(inTime).isCompleted();
    inTime.join().release();
    assertThat(semaphore.availablePermits()).isEqualTo(2);
  }

  /** Promises: All 3, All 11. */
  @Test
  void threadsThatAreInterruptedWhileTheyWaitGetNoPermit() throws Exception {
    final Permit both = semaphore.tryAcquire(2).orElseThrow();
    List<Thread> threads = new ArrayList<>();
    List<CompletableFuture<Object>> outcomes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean call = i % 2 == 0;
      CompletableFuture<Object> outcome = new CompletableFuture<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  outcome.complete(
                      call ? semaphore.call(() -> "ran") : semaphore.acquireBlocking());
                } catch (Throwable e) {
                  outcome.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
      outcomes.add(outcome);
    }
    while (semaphore.waiters() < 4) {
      Thread.onSpinWait();
    }
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
    assertThat(outcomes)
        .allSatisfy(
            outcome ->
                assertThat(outcome.handle((value, error) -> error).join())
                    .isInstanceOf(InterruptedException.class));
    assertThat(semaphore.waiters()).isZero();
    both.release();
    assertThat(semaphore.tryAcquire(2)).isPresent();
  }

  private List<CompletableFuture<?>> line(int length, List<Integer> started) {
    List<CompletableFuture<?>> line = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      int number = i;
      line.add(
          i % 2 == 0
              ? semaphore.acquire()
              : semaphore.execute(
                  () -> {
                    started.add(number);
                    return new CompletableFuture<>();
                  }));
    }
    return line;
  }
}
