package io.asynctools.redis;

import io.asynctools.api.TimeSource;
import io.asynctools.api.TimeSource.Cancellable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls that were out for as long as a call may be. All may be out for equally long, so they
 * are kept in the order in which they were sent, and one timer watches the oldest: a timer each
 * would cost more than the call. It is set while any call is out, and may ring once in vain after
 * the last.
 */
final class Timeouts {
  // A timer that rings late was kept from it, by a collector of garbage or a machine that is too
  // busy; so were the threads that read answers. They get a moment before Redis is to blame.
  private static final long PUNCTUAL = 5_000_000;
  private static final long GRACE = 25_000_000;

  private final TimeSource time;
  private final long nanos;
  private final LongUnaryOperator startingNanos;
  private final ConcurrentLinkedQueue<ScriptCall> out = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isSet = new AtomicBoolean();
  private final AtomicBoolean forgetting = new AtomicBoolean();
  private volatile @Nullable Cancellable timer;
  private volatile long ringsAt; // written by whoever sets the timer; there is one at a time
  private volatile boolean hasWaited; // since the timer last rang in time
  private volatile boolean started; // a call has ended: from now on every call has one time-out
  private volatile boolean closed;

  /**
   * @param startingNanos for how long from a given time on calls have more time, since the first
   *     connection is being made; 0 as a rule. It matters only until a call has ended
   */
  Timeouts(TimeSource time, long nanos, LongUnaryOperator startingNanos) {
    this.time = time;
    this.nanos = nanos;
    this.startingNanos = startingNanos;
  }

  /** Watches a call that is about to be sent. */
  void watch(ScriptCall call) {
    call.deadline = time.nanoTime() + nanos;
    forgetOldest();
    out.add(call);
    if (!isSet.get() && isSet.compareAndSet(false, true)) {
      try {
        set(nanos);
      } catch (Throwable e) { // no timer, no call
        out.remove(call);
        throw e;
      }
    }
  }

  /** Those at the front that are over need no watching; each is looked at once or twice. */
  private void forgetOldest() {
    ScriptCall first = out.peek();
    if (first == null || !first.isOver() || !forgetting.compareAndSet(false, true)) {
      return; // two at once would search for what the other has removed
    }
    started = true;
    for (ScriptCall oldest = out.peek(); oldest != null && oldest.isOver(); oldest = out.peek()) {
      out.remove(oldest);
    }
    forgetting.set(false);
  }

  private void set(long delay) {
    if (!closed) {
      try {
        ringsAt = time.nanoTime() + delay;
        timer = time.schedule(this::ring, delay);
      } catch (Throwable e) { // the next call tries again
        isSet.set(false);
        throw e;
      }
      if (closed) {
        close();
      }
    }
  }

  private void ring() {
    long late = now() - ringsAt;
    if (late > PUNCTUAL && !hasWaited) {
      hasWaited = true;
      set(Math.min(late, GRACE));
      return;
    }
    hasWaited = false;
    while (true) {
      long now = now();
      for (ScriptCall oldest = out.peek(); oldest != null; oldest = out.peek()) {
        if (oldest.isOver()) {
          started = true;
        } else {
          long left = oldest.deadline - now;
          if (left > 0) {
            set(left);
            return;
          }
          long starting = started ? 0 : startingNanos.applyAsLong(now);
          if (starting > 0) {
            set(Math.min(starting, nanos));
            return;
          }
          oldest.fail(new TimeoutException("no answer within " + nanos / 1_000_000 + " ms"));
        }
        out.remove(oldest);
      }
      isSet.set(false);
      if (out.isEmpty() || !isSet.compareAndSet(false, true)) {
        return; // whoever adds one sets it again
      }
    }
  }

  /** For the one timer: where there is no clock, the next call sets another. */
  private long now() {
    try {
      return time.nanoTime();
    } catch (Throwable e) {
      isSet.set(false);
      throw e;
    }
  }

  void close() {
    closed = true;
    Cancellable set = timer;
    if (set != null) {
      set.cancel();
    }
  }
}
