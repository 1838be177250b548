package io.asynctools.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What was granted to one key and not used, on its way back to Redis: one command at a time, and
 * what belongs to one grant in one command. Nothing waits for it; what cannot be given back, since
 * Redis does not answer, is lost to everybody. Thread-safe.
 */
final class GiveBacks {
  private static final int REMEMBERED = 8;

  private final Shared shared;
  private final String key;
  private final Supplier<Plan> plan;
  private final Runnable whenReturned;

  // All guarded by this.
  private @Nullable Deque<GiveBack> waiting; // made for the first; null again when all are back
  private boolean out;
  private long @Nullable [] marks; // of the last answers before which something was given back,
  private long @Nullable [] before; // and how much
  private int next;
  private long forgotten; // no mark up to this one tells one grant from another any more

  GiveBacks(Shared shared, String key, Supplier<Plan> plan, Runnable whenReturned) {
    this.shared = shared;
    this.key = key;
    this.plan = plan;
    this.whenReturned = whenReturned;
  }

  /** What one answer said of what was given back before it. */
  void remember(long mark, long returnedBefore) {
    synchronized (this) {
      if (returnedBefore == 0) {
        forgotten = Math.max(forgotten, mark);
        return;
      }
      long[] m = marks;
      long[] b = before;
      if (m == null || b == null) {
        m = new long[REMEMBERED];
        b = new long[REMEMBERED];
        marks = m;
        before = b;
      }
      forgotten = Math.max(forgotten, m[next]);
      m[next] = mark;
      b[next] = returnedBefore;
      next = (next + 1) % REMEMBERED;
    }
  }

  /** What was given back before a grant; of one that is long ago, 0, by which less goes back. */
  synchronized long returnedBefore(long mark) {
    long[] m = marks;
    long[] b = before;
    if (m != null && b != null && mark > forgotten) {
      long least = Long.MAX_VALUE; // of all that it may be
      for (int i = 0; i < REMEMBERED; i++) {
        if (m[i] == mark) {
          least = Math.min(least, b[i]);
        }
      }
      if (least < Long.MAX_VALUE) {
        return least;
      }
    }
    return 0;
  }

  /** Gives back so many permits of a grant. */
  void add(long permits, long mark, long returnedBefore) {
    synchronized (this) {
      Deque<GiveBack> line = waiting;
      if (line == null) {
        line = new ArrayDeque<>(2);
        waiting = line;
      }
      GiveBack last = line.peekLast();
      if (last != null && last.mark == mark) {
        line.removeLast();
        line.add(new GiveBack(last.permits + permits, mark, returnedBefore));
      } else {
        line.add(new GiveBack(permits, mark, returnedBefore));
      }
      if (out) {
        return;
      }
      out = true;
    }
    sendNext();
  }

  /** Without the lock, for the call may end before it is sent. */
  private void sendNext() {
    GiveBack first;
    synchronized (this) {
      first = waiting == null ? null : waiting.poll();
      if (first == null) {
        out = false;
        waiting = null;
        return;
      }
    }
    try {
      shared.send(new Call(plan.get(), first));
    } catch (Throwable e) { // no clock or timer
      loseAll();
      throw e;
    }
  }

  private synchronized void loseAll() {
    out = false;
    waiting = null;
  }

  synchronized boolean isQuiet() {
    return !out;
  }

  private record GiveBack(long permits, long mark, long returnedBefore) {}

  private final class Call extends ScriptCall {
    Call(Plan plan, GiveBack what) {
      super(
          Script.GIVE_BACK,
          GiveBacks.this.key,
          plan.limit,
          plan.refund(what.permits, what.mark, what.returnedBefore));
    }

    @Override
    void onReply(long credit, long unused, long unusedToo) {
      sendNext();
      if (credit > 0) {
        whenReturned.run();
      }
    }

    @Override
    void onLateReply(long credit, long unused, long unusedToo) {
      if (credit > 0) {
        whenReturned.run();
      }
    }

    @Override
    void onFailure(Throwable error) {
      loseAll();
    }
  }
}
