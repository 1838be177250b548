package io.asynctools.redis.faults;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * How late this computer is when it has nothing else to do than what an answer takes: a timer
 * rings, and another thread delivers. A promise in milliseconds cannot be blamed for that.
 */
final class Hiccups implements AutoCloseable {
  private static final ThreadFactory THREADS =
      task -> {
        Thread thread = new Thread(task, "test-hiccups");
        thread.setDaemon(true);
        return thread;
      };

  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, THREADS);
  private final ScheduledExecutorService other = Executors.newScheduledThreadPool(1, THREADS);
  private volatile long due;
  private volatile long longest;

  Hiccups() {
    next();
  }

  private void next() {
    due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1);
    timer.schedule(() -> other.execute(this::rung), 1, TimeUnit.MILLISECONDS);
  }

  private void rung() {
    longest = Math.max(longest, System.nanoTime() - due);
    if (!timer.isShutdown()) {
      next();
    }
  }

  /** The longest so far, one under way included. */
  long longestNanos() {
    return Math.max(longest, System.nanoTime() - due);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    other.shutdownNow();
  }
}
