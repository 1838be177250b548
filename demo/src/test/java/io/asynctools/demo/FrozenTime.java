package io.asynctools.demo;

import io.asynctools.api.TimeSource;

/** Time that stands still, so that a bucket gets nothing back however slow the machine is. */
final class FrozenTime implements TimeSource {
  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    return () -> true;
  }
}
