package io.asynctools.benchmarks;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The recipe that everybody writes first: an atomic reserves the next instant, and a timer task
 * completes the future then. What is cancelled stays reserved.
 */
final class TimerTaskEach implements WaitingLimiter {
  private final ScheduledExecutorService timer;
  private final double nanosPerPermit;
  private final long origin = System.nanoTime();
  private final AtomicLong reserved = new AtomicLong();

  TimerTaskEach(long permits, Duration period, ScheduledExecutorService timer) {
    this.timer = timer;
    this.nanosPerPermit = (double) period.toNanos() / permits;
  }

  @Override
  public CompletableFuture<?> acquire() {
    CompletableFuture<Boolean> future = new CompletableFuture<>();
    long due = (long) (reserved.incrementAndGet() * nanosPerPermit);
    long wait = due - (System.nanoTime() - origin);
    if (wait <= 0) {
      future.complete(true);
    } else {
      timer.schedule(() -> future.complete(true), wait, TimeUnit.NANOSECONDS);
    }
    return future;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
