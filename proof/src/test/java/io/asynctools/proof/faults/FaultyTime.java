package io.asynctools.proof.faults;

import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/** Time moved by hand, whose timer is not to be trusted. */
final class FaultyTime implements TimeSource {

  /** What is wrong with the timer. */
  enum Fault {
    NONE,
    LATE,
    EARLY,
    TWICE,
    NEVER,
    AT_ONCE,
    THROWS,
    CANCEL_THROWS
  }

  private final ManualTime time;
  private final Fault fault;

  FaultyTime(ManualTime time, Fault fault) {
    this.time = time;
    this.fault = fault;
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    return switch (fault) {
      case NONE -> time.schedule(task, delayNanos);
      case LATE -> time.schedule(task, delayNanos + Duration.ofSeconds(1).toNanos());
      case EARLY -> time.schedule(task, (delayNanos + 1) / 2);
      case TWICE -> {
        Cancellable first = time.schedule(task, delayNanos);
        Cancellable second = time.schedule(task, delayNanos + 1);
        yield () -> first.cancel() & second.cancel();
      }
      case NEVER -> () -> true;
      case AT_ONCE -> {
        task.run();
        yield () -> false;
      }
      case THROWS -> throw new RejectedExecutionException("the timer has been shut down");
      case CANCEL_THROWS -> {
        Cancellable set = time.schedule(task, delayNanos);
        yield () -> {
          set.cancel();
          throw new IllegalStateException("a cancel that throws");
        };
      }
    };
  }
}
