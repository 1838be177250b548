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
  private static final long LONGEST = Long.MAX_VALUE / 2; // so that instants stay comparable
  private static final int COUNTING = 0;
  private static final int CALLED_OFF = 1;
  private static final int HANDED_OVER = 2; // to the executor
  private static final int RUN = 3;
  private static final VarHandle STATE;
  private static final VarHandle HEARD;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Countdown.class, "state", int.class);
      HEARD = MethodHandles.lookup().findVarHandle(Timer.class, "heard", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final TimeSource time;
  private final Executor executor;
  private final long end;
  private final Runnable action;
  private volatile int state; // COUNTING, by compare-and-set to each of the others
  private volatile @Nullable Timer timer; // the last that was set: what a cancel stops

  private Countdown(TimeSource time, Executor executor, long nanos, Runnable action) {
    this.time = time;
    this.executor = executor;
    this.end = time.nanoTime() + nanos;
    this.action = action;
  }

  /**
   * Starts to count.
   *
   * @param time the clock and timer
   * @param executor runs the action
   * @param nanos how long, in nanoseconds; zero or less means at once, on the executor; more than
   *     {@code Long.MAX_VALUE / 2}, 146 years, means so long
   * @param action what to run; what it throws is logged
   * @return to call it off
   * @throws RuntimeException what the time source throws; the action is then not run
   */
  public static Countdown start(TimeSource time, Executor executor, long nanos, Runnable action) {
    requireNonNull(executor, "executor");
    requireNonNull(action, "action");
    long wait = Math.max(0, Math.min(nanos, LONGEST)); // negative ones would wrap too
    Countdown countdown = new Countdown(time, executor, wait, action);
    countdown.arm(wait);
    return countdown;
  }

  /** Calls it off, unless the action has been handed to the executor. */
  public void cancel() {
    if (STATE.compareAndSet(this, COUNTING, CALLED_OFF)) {
      stopTimer();
    }
  }

  private void stopTimer() {
    Timer last = timer;
    if (last != null) {
      last.stop();
    }
  }

  private void arm(long nanos) {
    for (int attempt = 0; attempt < 2; attempt++) {
      Timer next = new Timer();
      timer = next;
      if (next.set(nanos)) {
        if (state == CALLED_OFF) {
          next.stop(); // called off before there was something to stop
        }
        return;
      }
    }
    act(); // it rings at once whatever it is told: early rather than never
  }

  private void armAgain(long nanos) {
    try {
      arm(nanos);
    } catch (Throwable e) { // early rather than never
      Failures.log("a time source threw when a timer was set again", e);
      act();
    }
  }

  /** How long is left; nothing where the clock cannot be read, as no other timer would ring. */
  private long left() {
    try {
      return end - time.nanoTime();
    } catch (Throwable e) { // early rather than never
      Failures.log("a time source threw when a timer rang", e);
      return 0;
    }
  }

  private void act() {
    if (!STATE.compareAndSet(this, COUNTING, HANDED_OVER)) {
      return;
    }
    try {
      executor.execute(this::run);
    } catch (Throwable e) { // rejected: on the thread at hand rather than never
      run();
    }
  }

  /** Once, should an executor reject what it has run. */
  private void run() {
    if (STATE.compareAndSet(this, HANDED_OVER, RUN)) {
      try {
        action.run();
      } catch (Throwable e) {
        Failures.log("a countdown's action threw", e);
      }
    }
  }

  /**
   * One timer. It may ring before schedule() has come back, on this thread or on another, which
   * then sets the next: so each keeps what it is called off by to itself.
   */
  private final class Timer implements Runnable {
    private final Thread setter = Thread.currentThread();
    private boolean setting; // by the setter, and read by it alone
    private boolean rangInside; // likewise
    private volatile @Nullable Cancellable handle;

    @SuppressWarnings("unused") // by HEARD
    private volatile boolean heard;

    /** False if the time source ran it, too early, before it came back. */
    boolean set(long nanos) {
      setting = true;
      try {
        handle = time.schedule(this, nanos);
      } finally {
        setting = false;
      }
      return !rangInside;
    }

    @Override
    public void run() {
      long left = left();
      if (left <= 0) {
        act();
      } else if (setter == Thread.currentThread() && setting) {
        rangInside = true;
      } else if (state == COUNTING && HEARD.compareAndSet(this, false, true)) {
        armAgain(left);
      }
    }

    void stop() {
      Cancellable set = handle;
      if (set != null) {
        try {
          set.cancel();
        } catch (Throwable e) {
          Failures.log("a time source threw at a cancel", e);
        }
      }
    }
  }
}
