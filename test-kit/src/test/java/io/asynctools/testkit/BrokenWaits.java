package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.failedFuture;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.Broken.OfBucket;
import io.asynctools.testkit.Broken.OfSemaphore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limiters that break one promise each of waits, refusals, arguments, closing, and cost. Run by
 * {@link ContractTest} alone.
 */
final class BrokenWaits {
  private BrokenWaits() {}

  /** All 8: a wait is as long as it takes. */
  static class NeverRefusesOnMaxWait extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          boolean inVain = !maxWait.isZero() && !maxWait.isNegative();
          return inVain ? super.acquire(n, Trial.LONG) : super.acquire(n, maxWait);
        }
      };
    }
  }

  /** All 8: as above, where the wait is known. */
  static class WaitsInVain extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToyBucket(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          boolean inVain = !maxWait.isZero() && !maxWait.isNegative();
          return inVain ? super.acquire(n, Trial.LONG) : super.acquire(n, maxWait);
        }
      };
    }
  }

  /** All 8: a wait is as long as the builder said, whatever acquire says. */
  static class IgnoresTheArgument extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          boolean shorter = maxWait.isNegative() || maxWait.compareTo(Trial.LONG) < 0;
          return shorter ? super.acquire(n, maxWait) : super.acquire(n);
        }
      };
    }
  }

  /** All 8: a refusal that could say when to come back, and does not. */
  static class ForgetsRetryAfter extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToyBucket(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          CompletableFuture<Permit> honest = super.acquire(n, maxWait);
          return maxWait.isZero() && honest.isCompletedExceptionally() && waitersOrOpen()
              ? failedFuture(new RateLimitExceededException(name(), Reason.RATE, null))
              : honest;
        }

        private boolean waitersOrOpen() {
          return to.acquire(1, Duration.ofSeconds(1)).cancel(false); // not if it is closed
        }
      };
    }
  }

  /** An estimate above the wait. */
  static class EstimatesTooMuch extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToyBucket(settings, permits)) {
        @Override
        public Duration estimateWait(long n) {
          Duration honest = super.estimateWait(n);
          return honest.isZero() ? honest : honest.plusNanos(2);
        }
      };
    }
  }

  /** All 8 and 9: durations as nanoseconds, overflow and sign unseen. */
  static class ConvertsDurationsCarelessly extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          long nanos = maxWait.getSeconds() * 1_000_000_000 + maxWait.getNano();
          return super.acquire(n, Duration.ofNanos(Math.max(0, nanos)));
        }
      };
    }
  }

  static class RefusesTheLongestWait extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          return super.acquire(n, Duration.ofNanos(maxWait.toNanos()));
        }
      };
    }
  }

  /** All 8: the queue has no bound. */
  static class IgnoresMaxWaiters extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToySemaphore(settings.withMaxWaiters(Integer.MAX_VALUE), permits);
    }
  }

  /** All 9: bad arguments are failed futures. */
  static class AnswersBadArgumentsWithAFuture extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire(long n) {
          try {
            return super.acquire(n);
          } catch (IllegalArgumentException e) {
            return failedFuture(e);
          }
        }

        @Override
        public <T extends @Nullable Object> CompletableFuture<T> execute(
            Supplier<? extends CompletionStage<T>> call) {
          return call == null ? failedFuture(new NullPointerException()) : super.execute(call);
        }
      };
    }
  }

  /** All 10: close does nothing. */
  static class IgnoresClose extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public void close() {}
      };
    }
  }

  /** All 12: always idle. */
  static class SaysIdleAlways extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public boolean isIdle() {
          return true;
        }
      };
    }
  }

  /** All 13: each try costs an object. */
  static class AllocatesOnRefusal extends OfSemaphore {
    static volatile @Nullable Object sink;

    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public Optional<Permit> tryAcquire(long n) {
          sink = new Object();
          return super.tryAcquire(n);
        }
      };
    }
  }

  /** All 10 and 13: a timer from the start, and to the end. */
  static class KeepsATimer extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      settings.timeSource().schedule(() -> {}, Long.MAX_VALUE / 2);
      return new ToySemaphore(settings, permits);
    }
  }
}
