package io.asynctools.proof.soak;

import io.asynctools.api.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/** The system's clock, which jumps forward; its timers do not, so that they are late after that. */
final class JumpingTime implements TimeSource {
  private final AtomicLong ahead = new AtomicLong();

  @Override
  public long nanoTime() {
    return System.nanoTime() + ahead.get();
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    return TimeSource.system().schedule(task, delayNanos);
  }

  void jump(long nanos) {
    ahead.addAndGet(nanos);
  }
}
