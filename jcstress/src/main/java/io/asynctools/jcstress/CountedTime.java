package io.asynctools.jcstress;

import io.asynctools.api.TimeSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that a test moves, and a timer that never rings by itself: it counts what is set. */
public final class CountedTime implements TimeSource {
  private final AtomicInteger set = new AtomicInteger();
  private final AtomicReference<Runnable> last = new AtomicReference<>();

  /** The time now. */
  public volatile long now;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    set.incrementAndGet();
    last.set(task);
    AtomicInteger cancels = new AtomicInteger();
    return () -> {
      boolean first = cancels.getAndIncrement() == 0;
      if (first) {
        set.decrementAndGet();
      }
      return first;
    };
  }

  /** Runs what was scheduled last, as a timer that rings now. */
  public void ring() {
    set.decrementAndGet();
    last.get().run();
  }

  /** How many timers are set now. */
  public int timers() {
    return set.get();
  }
}
