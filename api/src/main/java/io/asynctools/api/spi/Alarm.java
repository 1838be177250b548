package io.asynctools.api.spi;

import io.asynctools.api.TimeSource.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * The only timer of a {@link Line}, guarded by the line's lock. When it rings, the line looks at
 * its head; that may be early, late, twice, or in vain.
 */
final class Alarm {
  private final Line line;
  private @Nullable Bell bell; // the one that is set

  Alarm(Line line) {
    this.line = line;
  }

  boolean isSet() {
    return bell != null;
  }

  /** Whether it should have rung by now. */
  boolean isOverdue(long now) {
    return bell != null && bell.at - now <= 0;
  }

  /** Whether it is to ring at this instant or before it; one that is not set is not. */
  boolean ringsBy(long at) {
    return bell != null && !bell.rang && bell.at - at <= 0;
  }

  /** Has it ring at an instant in place of any that was set before. */
  void set(long at, long now) {
    clear();
    boolean waits = false;
    for (int attempt = 0; attempt < 2 && !waits; attempt++) {
      waits = schedule(at, now);
    }
    // One that rings at once whatever it is told stays set: once overdue, the next to come looks.
  }

  /** False if the time source ran it before it came back. */
  private boolean schedule(long at, long now) {
    Bell next = new Bell(at);
    bell = next;
    try {
      next.timer = line.limiter.settings().timeSource().schedule(next, at - now);
    } catch (Throwable e) {
      bell = null;
      throw e;
    }
    return !next.rang;
  }

  void clear() {
    Bell set = bell;
    bell = null;
    if (set != null && set.timer != null) {
      try {
        set.timer.cancel();
      } catch (Throwable e) {
        Failures.log("a time source threw at a cancel: " + line.limiter.name(), e);
      }
    }
  }

  /** What the timer runs. */
  private final class Bell implements Runnable {
    final long at;
    @Nullable Cancellable timer;
    boolean rang; // before schedule() came back

    Bell(long at) {
      this.at = at;
    }

    @Override
    public void run() {
      if (line.lock.isHeldByCurrentThread()) {
        rang = true; // a time source that runs a task inside schedule(): see there
      } else {
        line.locked(told -> bell = bell == this ? null : bell);
      }
    }
  }
}
