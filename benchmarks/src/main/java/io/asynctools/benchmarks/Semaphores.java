package io.asynctools.benchmarks;

import com.netflix.concurrency.limits.Limiter;
import com.netflix.concurrency.limits.limit.FixedLimit;
import com.netflix.concurrency.limits.limiter.SimpleLimiter;
import io.asynctools.api.Permit;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our semaphore and its peers. */
public final class Semaphores {

  /** A counter that is never negative, without waiters and without back-off. */
  @State(Scope.Benchmark)
  public static class Floor extends SemaphoreSubject {
    private final AtomicInteger free = new AtomicInteger();

    @Override
    void open() {
      free.set(PERMITS);
    }

    @Override
    boolean takeAndGiveBack() {
      for (; ; ) {
        int seen = free.get();
        if (seen < 1) {
          return false;
        }
        if (free.compareAndSet(seen, seen - 1)) {
          free.incrementAndGet();
          return true;
        }
      }
    }

    @Override
    int free() {
      return free.get();
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Ours extends SemaphoreSubject {
    private SemaphoreRateLimiter semaphore;

    @Override
    void open() {
      semaphore = SemaphoreRateLimiter.builder(PERMITS).build();
    }

    @Override
    boolean takeAndGiveBack() {
      Optional<Permit> permit = semaphore.tryAcquire();
      if (permit.isEmpty()) {
        return false;
      }
      permit.get().release();
      return true;
    }

    @Override
    int free() {
      return semaphore.availablePermits();
    }

    @Override
    void dispose() {
      semaphore.close();
    }
  }

  /** The JDK's, which knows no asynchronous wait and lets anybody release anything. */
  @State(Scope.Benchmark)
  public static class JavaUtilConcurrent extends SemaphoreSubject {
    private final Semaphore semaphore = new Semaphore(PERMITS);

    @Override
    void open() {}

    @Override
    boolean takeAndGiveBack() {
      if (!semaphore.tryAcquire()) {
        return false;
      }
      semaphore.release();
      return true;
    }

    @Override
    int free() {
      return semaphore.availablePermits();
    }
  }

  /** Its default, the semaphore bulkhead, as its own decorators use it; no waiting. */
  @State(Scope.Benchmark)
  public static class Resilience4j extends SemaphoreSubject {
    private Bulkhead bulkhead;

    @Override
    void open() {
      bulkhead =
          Bulkhead.of(
              "peer",
              BulkheadConfig.custom()
                  .maxConcurrentCalls(PERMITS)
                  .maxWaitDuration(Duration.ZERO)
                  .build());
    }

    @Override
    boolean takeAndGiveBack() {
      if (!bulkhead.tryAcquirePermission()) {
        return false;
      }
      bulkhead.onComplete();
      return true;
    }

    @Override
    int free() {
      return bulkhead.getMetrics().getAvailableConcurrentCalls();
    }
  }

  /** Under a lock. */
  @State(Scope.Benchmark)
  public static class Failsafe extends SemaphoreSubject {
    private dev.failsafe.Bulkhead<Object> bulkhead;

    @Override
    void open() {
      bulkhead = dev.failsafe.Bulkhead.of(PERMITS);
    }

    @Override
    boolean takeAndGiveBack() {
      if (!bulkhead.tryAcquirePermit()) {
        return false;
      }
      bulkhead.releasePermit();
      return true;
    }

    /** It does not say: takes them all, and gives them back. */
    @Override
    int free() {
      int free = 0;
      while (bulkhead.tryAcquirePermit()) {
        free++;
      }
      for (int i = 0; i < free; i++) {
        bulkhead.releasePermit();
      }
      return free;
    }
  }

  /** With a limit that does not adapt; it times every call all the same. */
  @State(Scope.Benchmark)
  public static class ConcurrencyLimits extends SemaphoreSubject {
    private SimpleLimiter<Void> limiter;

    @Override
    void open() {
      limiter = SimpleLimiter.newBuilder().limit(FixedLimit.of(PERMITS)).build();
    }

    @Override
    boolean takeAndGiveBack() {
      Optional<Limiter.Listener> listener = limiter.acquire(null);
      if (listener.isEmpty()) {
        return false;
      }
      listener.get().onSuccess();
      return true;
    }

    @Override
    int free() {
      return limiter.getLimit() - limiter.getInflight();
    }
  }

  private Semaphores() {}
}
