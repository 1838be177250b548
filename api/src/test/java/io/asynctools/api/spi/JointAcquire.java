package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A toy that proves the base: permits of two limiters, both or none. It stands in both lines; when
 * it is at the head of both and both would give, it takes from both. Lines are locked in one order,
 * whatever the order in which they are named.
 */
final class JointAcquire extends GuardedFuture<Permit> {
  private static final Lock TIE = new ReentrantLock(); // for two lines of one hash code
  private final Half a;
  private final Half b;
  private @Nullable Permit half; // the one that was delivered first; guarded by this
  private boolean ended; // guarded by this

  private JointAcquire(RateLimiterBase one, long permitsOfOne, RateLimiterBase two, long ofTwo) {
    this.a = new Half(one.line(), permitsOfOne);
    this.b = new Half(two.line(), ofTwo);
  }

  static CompletableFuture<Permit> of(RateLimiterBase one, long n, RateLimiterBase two, long m) {
    JointAcquire joint = new JointAcquire(one, n, two, m);
    joint.enter();
    return joint;
  }

  /**
   * Joins both lines at once: two that joined one after the other could each be ahead of the other.
   */
  private void enter() {
    Object refusal =
        lockingBoth(
            () -> {
              Object answer = a.line.admit(a, LimiterSettings.UNBOUNDED);
              if (answer == null) {
                answer = b.line.admit(b, LimiterSettings.UNBOUNDED);
              }
              if (answer == null) {
                a.line.append(a);
                b.line.append(b);
              }
              return answer;
            });
    if (refusal != null) {
      end();
      finishExceptionally((Throwable) refusal);
    } else {
      a.line.look();
      b.line.look();
    }
  }

  private <T> T lockingBoth(Supplier<T> action) {
    int order = System.identityHashCode(a.line) - System.identityHashCode(b.line);
    Lock first = order <= 0 ? a.line.lock : b.line.lock;
    Lock second = order <= 0 ? b.line.lock : a.line.lock;
    if (order == 0) {
      TIE.lock();
    }
    first.lock();
    second.lock();
    try {
      return action.get();
    } finally {
      second.unlock();
      first.unlock();
      if (order == 0) {
        TIE.unlock();
      }
    }
  }

  /** Takes from both or none, once it is at the head of both: whichever comes last attempts it. */
  private void attempt() {
    Told told = new Told(Runnable::run); // completes on the thread at hand: a toy
    List<Line> again = new ArrayList<>();
    lockingBoth(
        () -> {
          if (!a.line.isHead(a) || !b.line.isHead(b)) {
            return again;
          }
          long markA = a.line.limiter.take(a.permits);
          long markB = markA == RateLimiterBase.REFUSED ? markA : b.line.limiter.take(b.permits);
          if (markB != RateLimiterBase.REFUSED) {
            a.line.grant(a, markA, told);
            b.line.grant(b, markB, told);
            again.addAll(List.of(a.line, b.line)); // the next are at the head
          } else if (markA == RateLimiterBase.REFUSED) {
            again.add(a.line); // sets the alarm
          } else {
            a.line.limiter.undo(a.permits, markA);
            again.add(b.line);
          }
          return again;
        });
    told.handOver();
    again.forEach(Line::look);
  }

  private synchronized boolean end() {
    boolean first = !ended;
    ended = true;
    return first;
  }

  @Override
  boolean endFromOutside(@Nullable Throwable failure) {
    return end() && leave();
  }

  private boolean leave() {
    for (Half each : new Half[] {a, b}) {
      if (!each.line.leave(each) && each.wasGranted()) {
        each.line.undo(each);
      }
    }
    return true;
  }

  private void told(Object outcome) {
    Permit other;
    synchronized (this) {
      other = half;
      half = outcome instanceof Permit ? (Permit) outcome : null;
    }
    if (outcome instanceof Throwable) {
      if (end()) {
        leave();
        finishExceptionally((Throwable) outcome);
      }
    } else if (other != null && end()) {
      finish(new Both(other, (Permit) outcome));
    }
  }

  private record Both(Permit one, Permit two) implements Permit {
    @Override
    public void release() {
      one.release();
      two.release();
    }
  }

  /** The place in one of the lines. */
  private final class Half extends Waiter {
    Half(Line line, long permits) {
      super(line, permits);
    }

    @Override
    long take() {
      return RateLimiterBase.REFUSED; // not alone
    }

    /** At the head: if this side would give, sees whether the other would too, after the lock. */
    @Override
    long nanosUntil() {
      long mark = line.limiter.take(permits);
      if (mark == RateLimiterBase.REFUSED) {
        return Math.max(line.limiter.nanosUntil(permits), 1);
      }
      line.limiter.undo(permits, mark);
      line.later(JointAcquire.this::attempt);
      return RateLimiterBase.UNKNOWN;
    }

    @Override
    void deliver(Object outcome) {
      told(outcome);
    }
  }
}
