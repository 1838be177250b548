package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import io.asynctools.testkit.Broken.OfBucket;
import java.time.Duration;

/** Limiters whose refunds are wrong, each in another way. Run by {@link ContractTest} alone. */
final class BrokenRefunds {
  private BrokenRefunds() {}

  /**
   * The generic cell rate algorithm, correct but for its refund: {@code tat} is the theoretical
   * arrival time of the next request if no burst were allowed.
   */
  private static class Gcra extends RateLimiterBase {
    static final long TOKEN = ToyBucket.EVERY.toNanos();

    final long limit;
    private final long origin;
    long tat; // in nanoseconds since the origin

    Gcra(LimiterSettings settings, long limit) {
      super(settings);
      this.limit = limit;
      this.origin = nanoTime();
    }

    final long now() {
      return nanoTime() - origin;
    }

    @Override
    protected synchronized long take(long n) {
      if (nanosUntil(n) > 0) {
        return REFUSED;
      }
      tat = Math.max(tat, now()) + n * TOKEN;
      return tat;
    }

    @Override
    protected synchronized long nanosUntil(long n) {
      return Math.max(0, Math.max(tat, now()) + n * TOKEN - now() - limit * TOKEN);
    }

    /** All 3: subtracts what was granted, though time has brought it back. */
    @Override
    protected synchronized long undo(long n, long mark, long returned) {
      tat -= n * TOKEN;
      return n * TOKEN;
    }

    @Override
    protected long maxPermits() {
      return limit;
    }

    @Override
    protected synchronized boolean idle() {
      return tat <= now();
    }
  }

  /** All 3: the refund of a GCRA is a subtraction. */
  static class SubtractsWhatCameBack extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new Gcra(settings, permits);
    }
  }

  /** All 3: refunds come on top of a full bucket. */
  static class RefundsAboveTheLimit extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new Gcra(settings, permits) {
        private long extra;

        @Override
        protected synchronized long undo(long n, long mark, long returned) {
          if (mark <= now()) {
            extra += n; // "at worst it is granted later"
            return 0;
          }
          tat -= n * TOKEN;
          return n * TOKEN;
        }

        @Override
        protected synchronized long nanosUntil(long n) {
          return super.nanosUntil(Math.max(0, n - extra));
        }
      };
    }
  }

  /** All 3: a grant is refunded only if no other was made since. */
  static class RefundsOnlyTheLatest extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToyBucket(settings, permits) {
        private long latest;

        @Override
        protected synchronized long take(long n) {
          long mark = super.take(n);
          latest = mark == REFUSED ? latest : mark;
          return mark;
        }

        @Override
        protected synchronized long undo(long n, long mark, long returned) {
          return mark == latest ? super.undo(n, mark, returned) : 0;
        }
      };
    }
  }

  /** All 3: what was refunded of older grants is refunded again with a younger one. */
  static class ForgetsEarlierRefunds extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToyBucket(settings, permits) {
        @Override
        protected synchronized long undo(long n, long mark, long returned) {
          return super.undo(n, mark, 0);
        }
      };
    }
  }

  /** All 3: a grant of several permits is refunded as one. */
  static class RefundsOneOfSeveral extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToyBucket(settings, permits) {
        @Override
        protected synchronized long undo(long n, long mark, long returned) {
          return super.undo(1, mark, returned);
        }
      };
    }
  }

  /** All 3: a refund is worth twice the grant. */
  static class RefundsTwice extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToyBucket(settings, permits) {
        @Override
        protected synchronized long undo(long n, long mark, long returned) {
          return super.undo(2 * n, mark, returned);
        }
      };
    }
  }

  /** All 3: a window refunds what the one before it had granted. */
  static class RefundsIntoTheNextWindow extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToyWindow(settings, permits) {
        @Override
        void refund(long n, boolean sameWindow) {
          uncount(n);
        }
      };
    }

    @Override
    public Duration permitEvery() {
      return ToyWindow.LENGTH;
    }

    @Override
    public boolean permitsComeBackTogether() {
      return true;
    }
  }
}
