package io.asynctools.api.spi;

import io.asynctools.api.AsyncRateLimiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * Logs once that the wait in a queue has passed a minute while no {@code maxWait} bounds it. Each
 * limiter that extends {@link RateLimiterBase} has one of its own; limiters that belong together,
 * as those of many keys, share one and log one line in all. Thread-safe.
 */
public final class LongWaitNotice {
  static final long NANOS = 60_000_000_000L;
  private static final VarHandle GIVEN;

  static {
    try {
      GIVEN = MethodHandles.lookup().findVarHandle(LongWaitNotice.class, "given", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // by GIVEN
  private volatile boolean given;

  /** Creates a notice that was not logged yet. */
  public LongWaitNotice() {}

  /**
   * Has a limiter share this notice, in place of its own. Does nothing if the limiter does not
   * extend {@link RateLimiterBase}.
   *
   * @param limiter a new limiter that no other thread uses yet
   */
  public void shareWith(AsyncRateLimiter limiter) {
    if (limiter instanceof RateLimiterBase base) {
      base.longWaitNotice = this;
    }
  }

  /** Returns true once. */
  boolean claim() {
    return GIVEN.compareAndSet(this, false, true);
  }

  /** Logs that the wait of a new waiter is known to be long. */
  static void logWait(String limiter, long nanos, int waiters) {
    log(limiter, "a call has to wait " + inSeconds(nanos), waiters);
  }

  /** Logs that no waiter was granted anything for long. */
  static void logStandstill(String limiter, long nanos, int waiters) {
    log(limiter, "no waiter was granted a permit for " + inSeconds(nanos), waiters);
  }

  private static String inSeconds(long nanos) {
    return Duration.ofSeconds(nanos / 1_000_000_000).toString();
  }

  private static void log(String limiter, String what, int waiters) {
    Failures.log(
        "limiter '"
            + limiter
            + "': "
            + what
            + ", with "
            + waiters
            + " in the wait queue and no bound on the wait; set maxWait (option 'max-wait') to"
            + " reject calls that would wait longer. Logged once",
        null);
  }
}
