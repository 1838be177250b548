package io.asynctools.perkey;

import io.asynctools.api.TimeSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still and a timer that rings when a test says so, for a model checker, which
 * wants as little machinery as may be.
 */
final class HandTurned implements TimeSource {
  private static final long MILLI = 1_000_000;

  private final AtomicReference<@Nullable Runnable> timer = new AtomicReference<>();
  private volatile long now;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    timer.set(task);
    return () -> timer.compareAndSet(task, null);
  }

  /** A millisecond passes, and the timer rings. */
  void ring() {
    Runnable task = timer.getAndSet(null);
    if (task != null) { // else somebody else is at it
      now += MILLI;
      task.run();
    }
  }
}
