package io.asynctools.retry;

import io.asynctools.api.TimeSource;
import java.time.Duration;

/** Each look at the clock moves it on; nothing is ever waited for. */
final class TickingTime implements TimeSource {
  private final long tick;
  private long now;

  TickingTime(Duration tick) {
    this.tick = tick.toNanos();
  }

  @Override
  public long nanoTime() {
    now += tick;
    return now;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    throw new AssertionError("a timer was set");
  }
}
