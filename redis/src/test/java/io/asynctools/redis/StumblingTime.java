package io.asynctools.redis;

import io.asynctools.api.TimeSource;

/** A clock that throws once, at the reading that a test chooses, and sets timers or does not. */
final class StumblingTime implements TimeSource {
  private final TimeSource time;
  boolean setsTimers = true;
  private int left; // readings up to the one that throws; 0 or less for none

  StumblingTime(TimeSource time) {
    this.time = time;
  }

  /** The n-th reading from now on throws; none if that is 0. */
  void throwAt(int n) {
    left = n;
  }

  @Override
  public long nanoTime() {
    if (left > 0 && --left == 0) {
      throw new IllegalStateException("no time");
    }
    return time.nanoTime();
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    if (!setsTimers) {
      throw new IllegalStateException("no timer");
    }
    return time.schedule(task, delayNanos);
  }
}
