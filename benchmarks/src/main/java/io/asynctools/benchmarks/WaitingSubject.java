package io.asynctools.benchmarks;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import io.asynctools.api.Rate;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.SchedulingBucket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * Who queues waiters without a thread each. resilience4j is not among them: its {@code
 * decorateCompletionStage} blocks the calling thread. Each peer has one timer thread, as ours has.
 */
enum WaitingSubject {
  OURS("ours") {
    @Override
    WaitingLimiter open(long permits, Duration period, long capacity) {
      TokenBucketRateLimiter limiter =
          TokenBucketRateLimiter.builder(new Rate(permits, period))
              .capacity(capacity)
              .initialTokens(0)
              .build();
      return new WaitingLimiter() {
        @Override
        public CompletableFuture<?> acquire() {
          return limiter.acquire();
        }

        @Override
        public void close() {
          limiter.close();
        }
      };
    }
  },

  TIMER_TASKS("a timer task each") {
    @Override
    WaitingLimiter open(long permits, Duration period, long capacity) {
      return new TimerTaskEach(permits, period, timer());
    }
  },

  BUCKET4J("Bucket4j asScheduler") {
    @Override
    WaitingLimiter open(long permits, Duration period, long capacity) {
      ScheduledThreadPoolExecutor timer = timer();
      SchedulingBucket bucket =
          Bucket.builder()
              .withNanosecondPrecision()
              .addLimit(
                  limit -> limit.capacity(capacity).refillGreedy(permits, period).initialTokens(0))
              .build()
              .asScheduler();
      return new WaitingLimiter() {
        @Override
        public CompletableFuture<?> acquire() {
          return bucket.consume(1, timer);
        }

        @Override
        public void close() {
          timer.shutdownNow();
        }
      };
    }
  },

  /** Smooth, since the bursty one hands out a whole period at once; it has no capacity to set. */
  FAILSAFE("Failsafe async") {
    @Override
    WaitingLimiter open(long permits, Duration period, long capacity) {
      ScheduledThreadPoolExecutor timer = timer();
      FailsafeExecutor<Object> executor =
          Failsafe.with(
                  dev.failsafe.RateLimiter.smoothBuilder(permits, period)
                      .withMaxWaitTime(Duration.ofDays(36_500))
                      .build())
              .with(timer);
      CompletableFuture<Object> done = CompletableFuture.completedFuture(null);
      return new WaitingLimiter() {
        @Override
        public CompletableFuture<?> acquire() {
          return executor.getStageAsync(() -> done);
        }

        @Override
        public void close() {
          timer.shutdownNow();
        }
      };
    }
  };

  final String label;

  WaitingSubject(String label) {
    this.label = label;
  }

  /** Makes an empty limiter. */
  abstract WaitingLimiter open(long permits, Duration period, long capacity);

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }
}
