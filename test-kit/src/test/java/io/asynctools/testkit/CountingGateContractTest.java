package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

/** A limiter that queues nobody and counts calls, whatever they ask for, as a breaker does. */
@Tag("unit")
class CountingGateContractTest extends AsyncRateLimiterContract {
  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return new CountingGate(settings, permits);
  }

  @Override
  public boolean weighted() {
    return false;
  }

  private static final class CountingGate extends ForwardingLimiter {
    CountingGate(LimiterSettings settings, long permits) {
      super(new ToySemaphore(settings.withMaxWaiters(0), permits));
    }

    @Override
    public Optional<Permit> tryAcquire(long n) {
      return super.tryAcquire(Math.min(n, 1));
    }

    @Override
    public CompletableFuture<Permit> acquire(long n) {
      return super.acquire(Math.min(n, 1));
    }

    @Override
    public CompletableFuture<Permit> acquire(long n, Duration maxWait) {
      return super.acquire(Math.min(n, 1), maxWait);
    }

    @Override
    public Permit acquireBlocking(long n, Duration maxWait) throws InterruptedException {
      return super.acquireBlocking(Math.min(n, 1), maxWait);
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> execute(
        long n, Supplier<? extends CompletionStage<T>> call) {
      return super.execute(Math.min(n, 1), call);
    }

    @Override
    public <T extends @Nullable Object, X extends Exception> T call(
        long n, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
      return super.call(Math.min(n, 1), call);
    }
  }
}
