package io.asynctools.testkit;

import static io.asynctools.testkit.Broken.outOfReach;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.Broken.OfBucket;
import io.asynctools.testkit.Broken.OfSemaphore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Limiters that break one promise each of who is granted, and when, and how often. Run by {@link
 * ContractTest} alone.
 */
final class BrokenGrants {
  private BrokenGrants() {}

  /** Breaks nothing. */
  static class Honest extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits));
    }
  }

  static class AdmitsOneTooMany extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToySemaphore(settings, permits + 1);
    }

    @Override
    public Duration patience() {
      return Duration.ofMillis(300); // gets stuck often, and fails whether or not it does
    }
  }

  static class HasANameOfItsOwn extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public String name() {
          return "mine";
        }
      };
    }
  }

  /** All 2, 3, 7 and more. */
  static class Naive extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new NaiveSemaphore(settings, permits, false);
    }

    @Override
    public Duration patience() {
      return Duration.ofMillis(300); // gets stuck often, and fails whether or not it does
    }
  }

  /** All 2, besides: serves who came last. */
  static class NaiveAndLastFirst extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new NaiveSemaphore(settings, permits, true);
    }

    @Override
    public Duration patience() {
      return Duration.ofMillis(300); // gets stuck often, and fails whether or not it does
    }
  }

  /** All 2: a try takes what is there, though somebody waits for more of it. */
  static class Overtakes extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      ToySemaphore semaphore = new ToySemaphore(settings, permits);
      return new ForwardingLimiter(semaphore) {
        private boolean closed;

        @Override
        public Optional<Permit> tryAcquire() {
          return tryAcquire(1);
        }

        @Override
        public Optional<Permit> tryAcquire(long n) {
          Optional<Permit> honest = semaphore.tryAcquire(n);
          return honest.isPresent() || closed || semaphore.take(n) < 0
              ? honest
              : Optional.of(semaphore.permit(n));
        }

        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          Optional<Permit> taken = maxWait.isZero() ? tryAcquire(n) : Optional.empty();
          return taken.isPresent()
              ? CompletableFuture.completedFuture(taken.get())
              : super.acquire(n, maxWait);
        }

        @Override
        public void close() {
          closed = true;
          super.close();
        }
      };
    }
  }

  /** All 5: each release of a permit frees it again. */
  static class FreesTwice extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToySemaphore(settings, permits) {
        @Override
        protected Permit permit(long n) {
          return () -> giveBack(n);
        }
      };
    }
  }

  /** All 5: whether a permit has ended is asked and noted in two steps. */
  static class FreesTwiceInARace extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToySemaphore(settings, permits) {
        @Override
        protected Permit permit(long n) {
          return new Permit() {
            private volatile boolean ended;

            @Override
            public void release() {
              if (!ended) {
                for (int i = 0; i < 100; i++) {
                  Thread.yield();
                }
                ended = true;
                giveBack(n);
              }
            }
          };
        }
      };
    }
  }

  /** All 3: a grant whose waiter has left before it heard of it is lost. */
  static class LosesTheGrantOfOneWhoLeft extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToySemaphore(settings, permits) {
        @Override
        protected long undo(long n, long mark, long returned) {
          return 0;
        }
      };
    }
  }

  /** All 3: what acquire gives is a copy, whose cancel reaches nobody. */
  static class KeepsWaitingForOneWhoLeft extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire() {
          return outOfReach(super.acquire());
        }

        @Override
        public CompletableFuture<Permit> acquire(long n) {
          return outOfReach(super.acquire(n));
        }

        @Override
        public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
          return outOfReach(super.acquire(n, maxWait));
        }
      };
    }
  }

  /** All 3: a cancel that comes after the grant takes it back from its holder. */
  static class TakesAGrantBack extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire() {
          return new WrappedFuture(super.acquire()) {
            @Override
            public boolean cancel(boolean mayInterruptIfRunning) {
              if (isDone() && !isCompletedExceptionally()) {
                join().release();
              }
              return super.cancel(mayInterruptIfRunning);
            }
          };
        }
      };
    }
  }

  /** Dependents are no plain futures: cancelling one cancels the wait. */
  static class LetsDependentsReachBack extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public CompletableFuture<Permit> acquire() {
          return new WrappedFuture(super.acquire()) {
            @Override
            public <U> CompletableFuture<U> newIncompleteFuture() {
              CompletableFuture<Permit> source = this;
              return new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                  source.cancel(mayInterruptIfRunning);
                  return super.cancel(mayInterruptIfRunning);
                }
              };
            }
          };
        }
      };
    }
  }

  /** One future for all who are granted at once, which each of them can spoil. */
  static class SharesAFutureThatCanBeSpoilt extends OfBucket {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToyBucket(settings, permits)) {
        private @Nullable CompletableFuture<Permit> shared;

        @Override
        public CompletableFuture<Permit> acquire() {
          CompletableFuture<Permit> honest = super.acquire();
          if (!honest.isDone() || honest.isCompletedExceptionally()) {
            return honest;
          }
          if (shared == null) {
            shared = CompletableFuture.completedFuture(honest.join());
          }
          return shared;
        }
      };
    }
  }

  /** All 7: callbacks run under a lock that everything else needs. */
  static class CompletesUnderItsLock extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      ToySemaphore semaphore =
          new ToySemaphore(settings, permits) {
            @Override
            void giveBack(long n) {
              synchronized (this) {
                super.giveBack(n);
              }
            }
          };
      return new ForwardingLimiter(semaphore) {
        @Override
        public CompletableFuture<Permit> acquire() {
          synchronized (to) {
            return super.acquire();
          }
        }
      };
    }
  }

  /** All 7: everything on the thread at hand. */
  static class IgnoresTheExecutor extends OfSemaphore {
    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ToySemaphore(settings.withExecutor(Runnable::run), permits);
    }
  }
}
