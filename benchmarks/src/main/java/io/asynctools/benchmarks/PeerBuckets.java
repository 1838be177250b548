package io.asynctools.benchmarks;

import com.google.common.util.concurrent.RateLimiter;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The peers of our token bucket, each in the configuration that suits it best and still counts as
 * the same job.
 */
public final class PeerBuckets {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /**
   * Its default implementation, AtomicRateLimiter. No waiting ({@code timeoutDuration} zero), or a
   * refusal would park the thread. It refills a whole period at once; the highest limit it takes
   * (an int) is more than a second's worth of calls here.
   */
  @State(Scope.Benchmark)
  public static class Resilience4j extends BucketSubject {
    io.github.resilience4j.ratelimiter.RateLimiter limiter;

    @Override
    void build() {
      boolean granted = situation == Situation.GRANTED;
      limiter =
          io.github.resilience4j.ratelimiter.RateLimiter.of(
              "peer",
              RateLimiterConfig.custom()
                  .timeoutDuration(Duration.ZERO)
                  .limitRefreshPeriod(granted ? SECOND : LONG)
                  .limitForPeriod(granted ? Integer.MAX_VALUE : 1)
                  .build());
    }

    @Override
    boolean attempt() {
      return limiter.acquirePermission();
    }
  }

  /**
   * Its default strategy, lock-free, in memory. On {@code nanoTime} like all others here: its
   * default is the wall clock, which costs as much and may be set back.
   */
  @State(Scope.Benchmark)
  public static class Bucket4j extends BucketSubject {
    Bucket bucket;

    @Override
    void build() {
      boolean granted = situation == Situation.GRANTED;
      long permits = granted ? PLENTY_PER_SECOND : 1;
      bucket =
          Bucket.builder()
              .withNanosecondPrecision()
              .addLimit(
                  limit -> limit.capacity(permits).refillGreedy(permits, granted ? SECOND : LONG))
              .build();
    }

    @Override
    boolean attempt() {
      return bucket.tryConsume(1);
    }
  }

  /** Refills a whole period at once, under a lock. */
  @State(Scope.Benchmark)
  public static class FailsafeBursty extends BucketSubject {
    dev.failsafe.RateLimiter<Object> limiter;

    @Override
    void build() {
      boolean granted = situation == Situation.GRANTED;
      limiter =
          dev.failsafe.RateLimiter.burstyBuilder(
                  granted ? PLENTY_PER_SECOND : 1, granted ? SECOND : LONG)
              .build();
    }

    @Override
    boolean attempt() {
      return limiter.tryAcquirePermit();
    }
  }

  /** Spaces permits evenly, under a lock; at one permit a nanosecond no call comes too early. */
  @State(Scope.Benchmark)
  public static class FailsafeSmooth extends BucketSubject {
    dev.failsafe.RateLimiter<Object> limiter;

    @Override
    void build() {
      boolean granted = situation == Situation.GRANTED;
      limiter =
          dev.failsafe.RateLimiter.smoothBuilder(
                  granted ? PLENTY_PER_SECOND : 1, granted ? SECOND : LONG)
              .build();
    }

    @Override
    boolean attempt() {
      return limiter.tryAcquirePermit();
    }
  }

  /** SmoothBursty, its default, under a lock; {@code tryAcquire()} waits zero. */
  @State(Scope.Benchmark)
  public static class Guava extends BucketSubject {
    RateLimiter limiter;

    @Override
    void build() {
      limiter =
          RateLimiter.create(
              situation == Situation.GRANTED ? PLENTY_PER_SECOND : 1.0 / LONG.toSeconds());
    }

    @Override
    boolean attempt() {
      return limiter.tryAcquire();
    }
  }

  private PeerBuckets() {}
}
