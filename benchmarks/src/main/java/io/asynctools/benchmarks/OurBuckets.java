package io.asynctools.benchmarks;

import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Our token bucket, as a user would build it. */
public final class OurBuckets {
  /** A million seconds' worth: no measurement empties it. */
  private static final long HUGE = BucketSubject.PLENTY_PER_SECOND * 1_000_000;

  /** On the system's clock, at a rate that the arithmetic likes best: one permit a nanosecond. */
  @State(Scope.Benchmark)
  public static class OnSystemTime extends BucketSubject {
    TokenBucketRateLimiter limiter;

    TimeSource time() {
      return TimeSource.system();
    }

    long permitsPerSecond() {
      return PLENTY_PER_SECOND;
    }

    @Override
    final void build() {
      TokenBucketRateLimiter.Builder builder =
          situation == Situation.GRANTED
              ? TokenBucketRateLimiter.builder(Rate.perSecond(permitsPerSecond())).capacity(HUGE)
              : TokenBucketRateLimiter.builder(new Rate(1, LONG)).capacity(1);
      limiter = builder.timeSource(time()).build();
    }

    @Override
    final boolean attempt() {
      return limiter.tryAcquire().isPresent();
    }

    @Override
    final void dispose() {
      limiter.close();
    }
  }

  /** A prime rate: the reciprocal and its correction both have work to do. */
  @State(Scope.Benchmark)
  public static class AtPrimeRate extends OnSystemTime {
    @Override
    long permitsPerSecond() {
      return 999_999_937L;
    }
  }

  /** On a clock that is read once a millisecond. */
  @State(Scope.Benchmark)
  public static class OnCoarseTime extends OnSystemTime {
    @Override
    TimeSource time() {
      return TimeSource.coarse(Duration.ofMillis(1));
    }
  }

  /** For {@code acquire()}, which would queue for ever in the other situation. */
  @State(Scope.Benchmark)
  public static class GrantedAtOnce {
    TokenBucketRateLimiter limiter;

    @Setup
    public void open() {
      limiter =
          TokenBucketRateLimiter.builder(Rate.perSecond(BucketSubject.PLENTY_PER_SECOND))
              .capacity(HUGE)
              .build();
    }

    @TearDown(Level.Iteration)
    public void check() {
      if (limiter.waiters() > 0) {
        throw new IllegalStateException("the bucket ran empty and calls queued");
      }
    }

    @TearDown
    public void close() {
      limiter.close();
    }
  }

  private OurBuckets() {}
}
