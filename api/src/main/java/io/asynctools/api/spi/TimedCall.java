package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A blocking call that may take so long and no longer. When the time has passed, the policies
 * inside hear of the time-out at once, as the call's outcome, and the thread is interrupted; the
 * call ends with the time-out, whatever it makes of the interrupt.
 *
 * <p>The interrupt never arrives after the call: the one who interrupts and the one who ends the
 * call take turns by the lock, and an interrupt that the call has not consumed is withdrawn. (One
 * from elsewhere that came in the same moment cannot be told from it, and goes with it.)
 *
 * <p>Calls inside one another are linked, from the inner to the outer, through the thread that they
 * run on; nothing is kept by a thread that runs none.
 */
public final class TimedCall {
  private static final ThreadLocal<@Nullable TimedCall> ENCLOSING = new ThreadLocal<>();

  private final Thread thread = Thread.currentThread();
  private final @Nullable TimedCall outer = ENCLOSING.get();
  private final Supplier<TimeoutException> error;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<OutcomePermit> inside = new ArrayList<>(); // guarded by the lock
  private boolean over; // guarded by the lock
  private boolean interrupted; // guarded by the lock
  private volatile @Nullable TimeoutException timeout; // once the time has passed

  private TimedCall(Supplier<TimeoutException> error) {
    this.error = error;
  }

  /**
   * Runs a blocking call on this thread.
   *
   * @param <T> what the call gives
   * @param <X> the checked exception the call may throw
   * @param time the clock and timer
   * @param executor interrupts, and runs what policies inside do about a time-out
   * @param nanos how long the call may take, in nanoseconds
   * @param error makes the exception that says so
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped, if it ended in time; an {@link Error} in any
   *     case
   * @throws TimeoutException if it did not
   */
  public static <T extends @Nullable Object, X extends Exception> T call(
      TimeSource time,
      Executor executor,
      long nanos,
      Supplier<TimeoutException> error,
      CheckedCallable<? extends T, X> call)
      throws X, TimeoutException {
    TimedCall limit = new TimedCall(requireNonNull(error, "error"));
    Countdown countdown = Countdown.start(time, executor, nanos, limit::expire);
    ENCLOSING.set(limit);
    T result;
    try {
      result = call.call();
    } catch (Throwable e) {
      TimeoutException late = limit.end(countdown, e instanceof InterruptedException);
      if (late != null && !(e instanceof Error)) {
        throw late;
      }
      throw e;
    }
    TimeoutException late = limit.end(countdown, false);
    if (late != null) {
      throw late;
    }
    return result;
  }

  /**
   * Whether the time of a call that encloses this code has passed: whatever it still does is for
   * nobody.
   *
   * @return whether this thread runs a timed call whose time has passed
   */
  public static boolean isLate() {
    TimedCall limit = enclosing();
    return limit != null && limit.timedOut() != null;
  }

  static @Nullable TimedCall enclosing() {
    return ENCLOSING.get();
  }

  /** A permit is used inside: it is to hear of the time-out. */
  void enter(Permit permit) {
    if (permit instanceof OutcomePermit told) {
      for (TimedCall limit = this; limit != null; limit = limit.outer) {
        limit.add(told);
      }
    }
  }

  /** The call of a permit has ended; gives the time-out if that came first. */
  @Nullable Throwable leave(Permit permit) {
    if (permit instanceof OutcomePermit told) {
      for (TimedCall limit = this; limit != null; limit = limit.outer) {
        limit.remove(told);
      }
    }
    return timedOut();
  }

  private @Nullable TimeoutException timedOut() {
    for (TimedCall limit = this; limit != null; limit = limit.outer) {
      if (limit.timeout != null) {
        return limit.timeout;
      }
    }
    return null;
  }

  private void add(OutcomePermit permit) {
    lock.lock();
    try {
      inside.add(permit);
    } finally {
      lock.unlock();
    }
  }

  private void remove(OutcomePermit permit) {
    lock.lock();
    try {
      inside.remove(permit);
    } finally {
      lock.unlock();
    }
  }

  /** On the executor. */
  private void expire() {
    TimeoutException late = error.get();
    List<OutcomePermit> told;
    lock.lock();
    try {
      if (over) {
        return;
      }
      timeout = late;
      told = List.copyOf(inside);
    } finally {
      lock.unlock();
    }
    for (int i = told.size() - 1; i >= 0; i--) {
      CallFuture.tellOfEnding(told.get(i), late);
    }
    lock.lock();
    try {
      if (!over) {
        interrupted = true;
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable TimeoutException end(Countdown countdown, boolean consumed) {
    if (outer == null) {
      ENCLOSING.remove();
    } else {
      ENCLOSING.set(outer);
    }
    countdown.cancel();
    lock.lock();
    try {
      over = true;
      if (interrupted && !consumed) {
        boolean unused = Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
    return timeout;
  }
}
