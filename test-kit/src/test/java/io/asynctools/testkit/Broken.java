package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The contracts of limiters that are a semaphore or a bucket, but for one thing. Run by {@link
 * ContractTest} alone.
 */
final class Broken {
  private Broken() {}

  /** The contract of a limiter that is a semaphore but for one thing. */
  abstract static class OfSemaphore extends WaitingLimiterContract {
    abstract AsyncRateLimiter broken(LimiterSettings settings, long permits);

    @Override
    public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
      return broken(settings, permits);
    }

    @Override
    public int waiters(AsyncRateLimiter limiter) {
      if (limiter instanceof NaiveSemaphore naive) {
        return naive.waiters();
      }
      return limiter instanceof ForwardingLimiter forwarding
          ? forwarding.to.waiters()
          : super.waiters(limiter);
    }

    @Override
    public Duration patience() {
      return Duration.ofSeconds(2); // some do get stuck
    }
  }

  /** The contract of a limiter that is a bucket but for one thing. */
  abstract static class OfBucket extends OfSemaphore {
    @Override
    public Duration permitEvery() {
      return ToyBucket.EVERY;
    }
  }

  /** A semaphore whose execute does something to the call or to what comes of it. */
  abstract static class WithExecute extends OfSemaphore {
    abstract <T extends @Nullable Object> CompletableFuture<T> run(
        ToySemaphore semaphore, Supplier<? extends CompletionStage<T>> call, long permits);

    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      ToySemaphore semaphore = new ToySemaphore(settings, permits);
      return new ForwardingLimiter(semaphore) {
        @Override
        public <T extends @Nullable Object> CompletableFuture<T> execute(
            Supplier<? extends CompletionStage<T>> call) {
          return run(semaphore, call, 1);
        }

        @Override
        public <T extends @Nullable Object> CompletableFuture<T> execute(
            long n, Supplier<? extends CompletionStage<T>> call) {
          return run(semaphore, call, n);
        }
      };
    }
  }

  /** A semaphore with blocking forms of its own. */
  abstract static class WithBlocking extends OfSemaphore {
    abstract Permit waitFor(CompletableFuture<Permit> permit)
        throws InterruptedException, ExecutionException;

    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public Permit acquireBlocking() throws InterruptedException {
          try {
            return waitFor(to.acquire());
          } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
          }
        }
      };
    }
  }

  /** A semaphore whose call does something to the call. */
  abstract static class WithCall extends OfSemaphore {
    abstract <T extends @Nullable Object> T run(CheckedCallable<? extends T, ?> call);

    @Override
    AsyncRateLimiter broken(LimiterSettings settings, long permits) {
      return new ForwardingLimiter(new ToySemaphore(settings, permits)) {
        @Override
        public <T extends @Nullable Object, X extends Exception> T call(
            CheckedCallable<? extends T, X> call) throws X, InterruptedException {
          return call == null ? to.call(call) : to.call(() -> WithCall.this.run(call));
        }

        @Override
        public <T extends @Nullable Object, X extends Exception> T call(
            long n, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
          return call == null ? to.call(n, call) : to.call(n, () -> WithCall.this.run(call));
        }
      };
    }
  }

  /** What comes of a future, in another, whose own ending reaches nobody. */
  static <T extends @Nullable Object> CompletableFuture<T> outOfReach(
      CompletableFuture<T> future, BiConsumer<CompletableFuture<T>, Throwable> fail) {
    CompletableFuture<T> copy = new CompletableFuture<>();
    future.whenComplete(
        (value, error) -> {
          if (error == null) {
            copy.complete(value);
          } else {
            fail.accept(copy, error);
          }
        });
    return copy;
  }

  static <T extends @Nullable Object> CompletableFuture<T> outOfReach(CompletableFuture<T> future) {
    return outOfReach(future, CompletableFuture::completeExceptionally);
  }
}
