package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.TimeSource;
import io.asynctools.api.TimeSource.Cancellable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs an action once, on an executor and never on the timer's thread, when a time has passed. The
 * timer is not trusted: one that rings early is set again, one that rings twice is heard once. An
 * executor that rejects has the action run on the thread at hand. Thread-safe.
 */
public final class Countdown {
  private static final VarHandle OVER;

  static {
    try {
      OVER = MethodHandles.lookup().findVarHandle(Countdown.class, "over", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final TimeSource time;
  private final Executor executor;
  private final long end;
  private final Runnable action;
  private volatile boolean over; // run, or called off: whoever sets it first says which
  private volatile @Nullable Cancellable timer;
  private @Nullable Thread arming; // the thread inside schedule(), written and read by it alone
  private boolean rangInside;

  private Countdown(TimeSource time, Executor executor, long nanos, Runnable action) {
    this.time = time;
    this.executor = executor;
    this.end = time.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2);
    this.action = action;
  }

  /**
   * Starts to count.
   *
   * @param time the clock and timer
   * @param executor runs the action
   * @param nanos how long, in nanoseconds; zero or less means at once, on the executor
   * @param action what to run; must not throw
   * @return to call it off
   */
  public static Countdown start(TimeSource time, Executor executor, long nanos, Runnable action) {
    Countdown countdown =
        new Countdown(
            time, requireNonNull(executor, "executor"), nanos, requireNonNull(action, "action"));
    countdown.arm(nanos);
    return countdown;
  }

  /** Calls it off, unless the action has been handed to the executor. */
  public void cancel() {
    if (OVER.compareAndSet(this, false, true)) {
      stopTimer();
    }
  }

  private void stopTimer() {
    Cancellable set = timer;
    if (set != null) {
      try {
        set.cancel();
      } catch (Throwable e) {
        Failures.log("a time source threw at a cancel", e);
      }
    }
  }

  private void arm(long nanos) {
    for (int attempt = 0; attempt < 2; attempt++) {
      rangInside = false;
      arming = Thread.currentThread();
      try {
        timer = time.schedule(this::ring, Math.max(nanos, 0));
      } finally {
        arming = null;
      }
      if (!rangInside) {
        if (over) {
          stopTimer(); // called off meanwhile
        }
        return;
      }
    }
    act(); // it rings at once whatever it is told: early rather than never
  }

  private void ring() {
    long left = end - time.nanoTime();
    if (left <= 0) {
      act();
    } else if (arming == Thread.currentThread()) {
      rangInside = true;
    } else if (!over) {
      arm(left);
    }
  }

  private void act() {
    if (OVER.compareAndSet(this, false, true)) {
      try {
        executor.execute(action);
      } catch (Throwable e) { // rejected
        action.run();
      }
    }
  }
}
