package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A blocking call that may take so long and no longer. When the time has passed the thread is
 * interrupted, and the call ends with the time-out, whatever it makes of that. The time-out is the
 * call's outcome for the policies inside too: they hear of it on the executor, innermost first, or
 * when their part of the call ends, if that is sooner. A call that ignores the interrupt runs on,
 * and so does its thread.
 *
 * <p>The timer's own thread interrupts. It needs no executor for that, as no user code runs: so an
 * executor all of whose threads are in such calls cannot keep them there.
 *
 * <p>The interrupt never arrives after the call: the one who interrupts and the one who ends the
 * call take turns by the lock, and an interrupt that is there when the call ends is withdrawn. (One
 * from elsewhere that came in the same moment cannot be told from it, and goes with it; that of an
 * outer call that is late too is kept for it.)
 *
 * <p>Calls inside one another are linked, from the inner to the outer, through the thread that they
 * run on; a thread that runs none refers to none. No user code runs under the lock.
 */
public final class TimedCall {
  private static final ThreadLocal<@Nullable TimedCall> ENCLOSING = new ThreadLocal<>();

  private final Thread thread = Thread.currentThread();
  private final @Nullable TimedCall outer = ENCLOSING.get();
  private final Supplier<TimeoutException> error;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Inside> inside = new ArrayList<>(); // guarded by the lock
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
   * @param executor runs what policies inside do about a time-out
   * @param nanos how long the call may take, in nanoseconds; zero or less is no time at all
   * @param error makes the exception that says so, once the time has passed; called on the timer's
   *     thread
   * @param call the call
   * @return what the call gave
   * @throws X the call's own exception, unwrapped, if it ended in time; an {@link Error} in any
   *     case
   * @throws TimeoutException if it did not: what {@code error} made; what the call itself gave or
   *     threw is then dropped
   * @throws NullPointerException if an argument is null
   * @throws RuntimeException also what the time source throws; the call is then not started
   */
  public static <T extends @Nullable Object, X extends Exception> T call(
      TimeSource time,
      Executor executor,
      long nanos,
      Supplier<TimeoutException> error,
      CheckedCallable<? extends T, X> call)
      throws X, TimeoutException {
    requireNonNull(call, "call");
    TimedCall limit = new TimedCall(requireNonNull(error, "error"));
    requireNonNull(executor, "executor");
    Countdown countdown = Countdown.start(time, Runnable::run, nanos, () -> limit.expire(executor));
    ENCLOSING.set(limit);
    T result;
    try {
      result = call.call();
    } catch (Throwable e) {
      TimeoutException late = limit.end(countdown);
      if (late != null && !(e instanceof Error)) {
        throw late;
      }
      throw e;
    }
    TimeoutException late = limit.end(countdown);
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

  /** A call under a permit begins inside: the permit is to hear of the time-out. */
  Inside enter(Permit permit) {
    Inside entered = new Inside(permit);
    if (permit instanceof OutcomePermit) {
      for (TimedCall limit = this; limit != null; limit = limit.outer) {
        limit.add(entered);
      }
    }
    return entered;
  }

  /** The call under a permit has ended; gives the time-out if that came first. */
  private @Nullable Throwable leave(Inside left) {
    if (left.permit instanceof OutcomePermit) {
      for (TimedCall limit = this; limit != null; limit = limit.outer) {
        limit.remove(left);
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

  private void add(Inside entered) {
    lock.lock();
    try {
      inside.add(entered);
    } finally {
      lock.unlock();
    }
  }

  private void remove(Inside left) {
    lock.lock();
    try {
      inside.remove(left);
    } finally {
      lock.unlock();
    }
  }

  /** On the timer's thread. */
  private void expire(Executor executor) {
    TimeoutException late = lateness();
    List<Inside> told;
    lock.lock();
    try {
      if (over) {
        return;
      }
      timeout = late;
      told = List.copyOf(inside);
      interrupted = true;
      thread.interrupt();
    } finally {
      lock.unlock();
    }
    if (!told.isEmpty()) {
      tell(told, late, executor);
    }
  }

  private static void tell(List<Inside> told, TimeoutException late, Executor executor) {
    try {
      executor.execute(
          () -> {
            for (int i = told.size() - 1; i >= 0; i--) {
              told.get(i).tell(late);
            }
          });
    } catch (Throwable e) { // rejected: they hear of it when their part of the call ends
      Failures.log("an executor rejected a time-out", e);
    }
  }

  /** What makes the exception is the policy's: if it fails, the call is late all the same. */
  private TimeoutException lateness() {
    try {
      return requireNonNull(error.get(), "a time-out's exception");
    } catch (Throwable e) {
      Failures.log("a time-out's exception could not be made", e);
      return new TimeoutException();
    }
  }

  private @Nullable TimeoutException end(Countdown countdown) {
    if (outer == null) {
      ENCLOSING.remove();
    } else {
      ENCLOSING.set(outer);
    }
    countdown.cancel();
    if (close()) { // withdrawn even if the call ended by it: that may have set it again
      boolean unused = Thread.interrupted();
      for (TimedCall limit = outer; limit != null; limit = limit.outer) {
        if (limit.hasInterrupted()) {
          thread.interrupt(); // the two were one flag, and the outer call is still to end
        }
      }
    }
    return timeout;
  }

  /** From here on nobody interrupts; says whether somebody has. */
  private boolean close() {
    lock.lock();
    try {
      over = true;
      return interrupted;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasInterrupted() {
    lock.lock();
    try {
      return interrupted;
    } finally {
      lock.unlock();
    }
  }

  /** A call under a permit. The first time-out to come is told, if it comes before the end. */
  final class Inside {
    private static final Object OVER = "over";

    private final Permit permit;
    private final AtomicReference<@Nullable Object> ended =
        new AtomicReference<>(); // an Ending or OVER

    Inside(Permit permit) {
      this.permit = permit;
    }

    private void tell(TimeoutException late) {
      Ending ending = new Ending(late);
      if (ended.compareAndSet(null, ending)) {
        ending.tell(permit);
      }
    }

    /** Ends the permit by how its call ended, or by the time-out if that came first. */
    void failed(Throwable error) {
      Throwable late = leave(this);
      if (!mayEnd()) {
        return;
      }
      if (late == null) {
        CallFuture.recordThrown(permit, error);
      } else {
        CallFuture.record(permit, error instanceof Error ? error : late);
      }
    }

    /** Ends the permit by the value that its call gave, or by the time-out if that came first. */
    void gave(@Nullable Object result) {
      Throwable late = leave(this);
      if (!mayEnd()) {
        return;
      }
      if (late == null) {
        CallFuture.recordValue(permit, result);
      } else {
        CallFuture.record(permit, late);
      }
    }

    /** False if the permit was told, which then is how it ends, now or once it has heard. */
    private boolean mayEnd() {
      if (ended.compareAndSet(null, OVER)) {
        return true;
      }
      if (ended.get() instanceof Ending ending) {
        ending.over(permit);
      }
      return false;
    }
  }
}
