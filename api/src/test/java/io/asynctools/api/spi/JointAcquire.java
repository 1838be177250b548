package io.asynctools.api.spi;

import static io.asynctools.api.spi.RateLimiterBase.REFUSED;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A toy that proves the base: permits of two limiters, both or none. It stands in both lines; when
 * it is at the head of both and both would give, it takes from both. It joins and takes under both
 * locks, which are taken in one order, however the limiters are named: so nobody is before it in
 * one line and behind it in the other.
 */
final class JointAcquire extends GuardedFuture<Permit> {
  private final AtomicBoolean ended = new AtomicBoolean();
  private final Half a;
  private final Half b;

  private JointAcquire(RateLimiterBase one, long n, RateLimiterBase two, long m) {
    this.a = new Half(one.line(), n);
    this.b = new Half(two.line(), m);
    a.thenAcceptBoth(b, (p, q) -> end(() -> finish(new Both(p, q))));
    a.exceptionally(this::fail);
    b.exceptionally(this::fail);
  }

  static CompletableFuture<Permit> of(RateLimiterBase one, long n, RateLimiterBase two, long m) {
    JointAcquire joint = new JointAcquire(one, n, two, m);
    joint.underBothLocks(told -> joint.joinBoth());
    return joint;
  }

  private boolean joinBoth() {
    Object refusal = a.line.admit(a, LimiterSettings.UNBOUNDED);
    refusal = refusal == null ? b.line.admit(b, LimiterSettings.UNBOUNDED) : refusal;
    if (refusal instanceof Throwable error) {
      return !end(() -> finishExceptionally(error));
    }
    a.line.append(a);
    b.line.append(b);
    return true;
  }

  /** Takes from both or none; run, without a lock, by whichever side would give. */
  private void attempt() {
    underBothLocks(
        told -> {
          long markA = a.isAtHead() && b.isAtHead() ? a.line.limiter.take(a.permits) : REFUSED;
          long markB = markA != REFUSED ? b.line.limiter.take(b.permits) : REFUSED;
          if (markB != REFUSED) {
            a.line.grant(a, markA, told);
            b.line.grant(b, markB, told);
          } else if (markA != REFUSED) {
            a.line.limiter.undo(a.permits, markA, 0);
          }
          return markB != REFUSED;
        });
  }

  /**
   * Those behind are at the head once this has left, so both lines are looked at after a success.
   */
  private void underBothLocks(Function<Told, Boolean> action) {
    Told told = new Told(Runnable::run); // completes on the thread at hand: a toy
    Line first = a.line.number < b.line.number ? a.line : b.line;
    Line second = first == a.line ? b.line : a.line;
    boolean done;
    first.lock.lock();
    second.lock.lock();
    try {
      done = action.apply(told);
    } finally {
      second.lock.unlock();
      first.lock.unlock();
    }
    told.handOver();
    if (done) {
      first.look();
      second.look();
    }
  }

  private boolean end(Runnable ending) {
    boolean first = ended.compareAndSet(false, true);
    if (first) {
      ending.run();
    }
    return first;
  }

  @Override
  protected boolean endFromOutside(@Nullable Throwable failure) {
    return end(this::leave);
  }

  private @Nullable Permit fail(Throwable error) {
    end(
        () -> {
          leave();
          finishExceptionally(error);
        });
    return null;
  }

  private void leave() {
    a.leaveLine();
    b.leaveLine();
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

    boolean isAtHead() {
      return isWaiting() && previous == null;
    }

    void leaveLine() {
      if (!cancel(false)) {
        thenAccept(granted -> line.undo(this));
      }
    }

    @Override
    long take() {
      return REFUSED; // not alone
    }

    /** At the head: if this side would give, sees whether the other would too, after the lock. */
    @Override
    long nanosUntil() {
      long mark = line.limiter.take(permits);
      if (mark == REFUSED) {
        return Math.max(line.limiter.nanosUntil(permits), 1);
      }
      line.limiter.undo(permits, mark, 0);
      line.later(JointAcquire.this::attempt);
      return RateLimiterBase.UNKNOWN;
    }
  }
}
