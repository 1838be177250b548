package io.asynctools.redis;

import io.asynctools.api.TimeSource;
import io.asynctools.api.TimeSource.Cancellable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Ends calls that were out for as long as a call may be. All may be out for equally long, so they
 * are kept in the order in which they were sent, and one timer watches the oldest: a timer each
 * would cost more than the call. It is set while any call is out, and may ring once in vain after
 * the last.
 */
final class Timeouts {
  private final TimeSource time;
  private final long nanos;
  private final ConcurrentLinkedQueue<ScriptCall> out = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean isSet = new AtomicBoolean();
  private volatile @Nullable Cancellable timer;
  private volatile boolean closed;

  Timeouts(TimeSource time, long nanos) {
    this.time = time;
    this.nanos = nanos;
  }

  /** Watches a call that is about to be sent. */
  void watch(ScriptCall call) {
    call.deadline = time.nanoTime() + nanos;
    forgetOldest();
    out.add(call);
    if (!isSet.get() && isSet.compareAndSet(false, true)) {
      set(nanos);
    }
  }

  /** Those at the front that are over need no watching; each is looked at once or twice. */
  private void forgetOldest() {
    for (ScriptCall oldest = out.peek(); oldest != null && oldest.isOver(); oldest = out.peek()) {
      out.remove(oldest);
    }
  }

  private void set(long delay) {
    if (!closed) {
      timer = time.schedule(this::ring, delay);
      if (closed) {
        close();
      }
    }
  }

  private void ring() {
    while (true) {
      long now = time.nanoTime();
      for (ScriptCall oldest = out.peek(); oldest != null; oldest = out.peek()) {
        if (!oldest.isOver()) {
          long left = oldest.deadline - now;
          if (left > 0) {
            set(left);
            return;
          }
          oldest.fail(new TimeoutException("no answer within " + nanos + " ns"));
        }
        out.remove(oldest);
      }
      isSet.set(false);
      if (out.isEmpty() || !isSet.compareAndSet(false, true)) {
        return; // whoever adds one sets it again
      }
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
