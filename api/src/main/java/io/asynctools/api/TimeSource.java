package io.asynctools.api;

import java.time.Duration;

/**
 * A monotonic clock and its timer. Thread-safe. The system's by default; the test-kit has one that
 * is moved by hand.
 */
public interface TimeSource {

  /**
   * The time in nanoseconds since some origin. The origin may be anything, so that values may be
   * negative and may wrap: compare two of them by their difference only, as with {@link
   * System#nanoTime}.
   *
   * @return the time
   */
  long nanoTime();

  /**
   * Runs a task once, when {@code delayNanos} have passed, at the earliest. The task runs on the
   * timer's own thread, which all timers share: it must be short and must not block.
   *
   * @param task what to run
   * @param delayNanos the delay in nanoseconds; zero or less means as soon as possible
   * @return a handle to call it off
   */
  Cancellable schedule(Runnable task, long delayNanos);

  /**
   * The system's clock: {@link System#nanoTime} and one shared daemon timer thread, started when
   * first needed and gone when idle.
   *
   * @return the time source
   */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }

  /**
   * A clock that is read for the price of one volatile read, and is at most one tick behind where
   * the operating system wakes its thread in time (within half a tick of when it asked). That
   * thread moves the clock while somebody asks for the time, and stops when nobody has asked for a
   * while; the first question afterwards is answered exactly. Make one and share it.
   *
   * <p>A limiter on this clock keeps its bound with {@code t + tick} in place of {@code t}, and
   * grants to a waiter up to a tick later.
   *
   * @param tick how far the clock may be behind, from 100 µs to 1 s. The thread aims at half of it;
   *     an operating system that lets it wait for longer than that makes the clock later by as much
   * @return a new time source
   * @throws IllegalArgumentException if the tick is out of range
   */
  static TimeSource coarse(Duration tick) {
    return new CoarseTime(tick);
  }

  /** A handle of a scheduled task. */
  interface Cancellable {

    /**
     * Calls the task off. Calling it again, or after the task has run, does nothing.
     *
     * @return whether the task was called off by this call and will not run
     */
    boolean cancel();
  }
}
