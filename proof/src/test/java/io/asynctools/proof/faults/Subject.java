package io.asynctools.proof.faults;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.util.concurrent.Executor;

/** The limiters that make callers wait, each with room for two. */
enum Subject {
  TOKEN_BUCKET {
    @Override
    AsyncRateLimiter limiter(TimeSource time, Executor executor) {
      return bucket(time, executor);
    }
  },
  SEMAPHORE {
    @Override
    AsyncRateLimiter limiter(TimeSource time, Executor executor) {
      return semaphore(time, executor);
    }
  },
  BUCKET_PER_KEY {
    @Override
    AsyncRateLimiter limiter(TimeSource time, Executor executor) {
      return PerKeyRateLimiter.builder()
          .keepIdleKeys()
          .timeSource(time)
          .executor(executor)
          .build(key -> bucket(time, executor))
          .forKey("key");
    }
  },
  SEMAPHORE_PER_KEY {
    @Override
    AsyncRateLimiter limiter(TimeSource time, Executor executor) {
      return PerKeyRateLimiter.builder()
          .keepIdleKeys()
          .timeSource(time)
          .executor(executor)
          .build(key -> semaphore(time, executor))
          .forKey("key");
    }
  };

  /** How many can be admitted at once. */
  static final int ROOM = 2;

  abstract AsyncRateLimiter limiter(TimeSource time, Executor executor);

  /** Whether permits come back by time. */
  boolean isTimed() {
    return this == TOKEN_BUCKET || this == BUCKET_PER_KEY;
  }

  private static TokenBucketRateLimiter bucket(TimeSource time, Executor executor) {
    return TokenBucketRateLimiter.builder(Rate.perSecond(1))
        .capacity(ROOM)
        .timeSource(time)
        .executor(executor)
        .build();
  }

  private static SemaphoreRateLimiter semaphore(TimeSource time, Executor executor) {
    return SemaphoreRateLimiter.builder(ROOM).timeSource(time).executor(executor).build();
  }
}
