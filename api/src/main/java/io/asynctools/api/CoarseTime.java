package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * The system's clock, read ahead of time by a thread of its own.
 *
 * <p>{@code reading} holds nanoseconds since this object was made, shifted left by one; its lowest
 * bit says that somebody has asked since the ticker last looked. So the usual question is one
 * volatile read and a test, only the first question after each tick writes (a compare-and-set, so
 * that a mark never undoes a tick), and the ticker knows when nobody asks any more: it then sets
 * the sign of its last reading ({@link #STOPPED}), which the next question replaces by an exact
 * reading, starting the ticker again.
 *
 * <p>The ticker alone moves a running clock, and each reading is taken after the one it replaces,
 * so the clock never goes back: no two stops look alike, so that whoever slept through a whole run
 * of the ticker cannot put an old reading in the place of a later stop. The shift leaves 146 years
 * of range.
 */
final class CoarseTime implements TimeSource {
  private static final long STOPPED = Long.MIN_VALUE;
  private static final long ASKED = 1;
  private static final long MIN_TICK_NANOS = 100_000;
  private static final long MAX_TICK_NANOS = 1_000_000_000;
  private static final long LINGER_NANOS = 1_000_000_000; // how long it ticks on for nobody
  private static final ThreadFactory THREADS = LibraryThreads.factory("async-tools-clock");
  private static final VarHandle READING;

  static {
    try {
      READING = MethodHandles.lookup().findVarHandle(CoarseTime.class, "reading", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long tickNanos;
  private final long origin = System.nanoTime();
  private volatile long reading = STOPPED;

  CoarseTime(Duration tick) {
    requireNonNull(tick, "tick");
    if (tick.compareTo(Duration.ofNanos(MIN_TICK_NANOS)) < 0
        || tick.compareTo(Duration.ofNanos(MAX_TICK_NANOS)) > 0) {
      throw new IllegalArgumentException("tick must be between 100 µs and 1 s, was " + tick);
    }
    this.tickNanos = tick.toNanos();
  }

  @Override
  public long nanoTime() {
    long r = reading;
    return (r & ASKED) != 0 ? r >>> 1 : firstOfATick(r);
  }

  private long firstOfATick(long r) {
    if (r < 0) {
      return start(r);
    }
    READING.compareAndSet(this, r, r | ASKED); // failing means a newer tick or another's mark
    return r >>> 1;
  }

  /** Answers exactly, and has the clock ticking again. */
  private long start(long stopped) {
    long now = exact();
    if (!READING.compareAndSet(this, stopped, now | ASKED)) {
      return nanoTime(); // started by another, whose reading may be later: not behind it
    }
    try {
      THREADS.newThread(this::tick).start();
    } catch (Throwable e) { // no thread to be had: better exact every time than standing still
      reading = now | STOPPED;
    }
    return now >>> 1;
  }

  private void tick() {
    long lastAsked = System.nanoTime();
    while (true) {
      LockSupport.parkNanos(tickNanos / 2); // half: waking late must not make it a tick and more
      boolean unused = Thread.interrupted(); // left up by somebody, it would keep this from parking
      long seen = reading;
      long now = exact();
      if ((seen & ASKED) != 0) {
        lastAsked = System.nanoTime();
      } else if (System.nanoTime() - lastAsked > LINGER_NANOS
          && READING.compareAndSet(this, seen, now | STOPPED)) {
        return;
      }
      reading = now; // a mark set since `seen` is lost: the next question sets it again
    }
  }

  private long exact() {
    return (System.nanoTime() - origin) << 1;
  }

  @Override
  public Cancellable schedule(Runnable task, long delayNanos) {
    // A tick later, so that this clock has reached the instant too when the task looks at it.
    long delay = Math.max(delayNanos, 0);
    return SystemTime.INSTANCE.schedule(
        task, delay > Long.MAX_VALUE - tickNanos ? Long.MAX_VALUE : delay + tickNanos);
  }
}
