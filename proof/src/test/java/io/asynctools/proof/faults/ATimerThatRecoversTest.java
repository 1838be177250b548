package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A time source that rings inside {@code schedule} a few times, and is sound from then on: the next
 * look sets a timer again.
 *
 * <p>Promises: All 3, Token bucket 3.
 */
@Tag("unit")
class ATimerThatRecoversTest {
  private final ManualTime time = new ManualTime();
  private int ringsAtOnce = 2;

  private final TimeSource clock =
      new TimeSource() {
        @Override
        public long nanoTime() {
          return time.nanoTime();
        }

        @Override
        public Cancellable schedule(Runnable task, long delayNanos) {
          if (ringsAtOnce > 0) {
            ringsAtOnce--;
            task.run();
            return () -> false;
          }
          return time.schedule(task, delayNanos);
        }
      };

  @Test
  void whoeverIsBehindOneThatLeavesIsServed() {
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .initialTokens(0)
            .timeSource(clock)
            .executor(time)
            .build();
    CompletableFuture<Permit> first = bucket.acquire();
    CompletableFuture<Permit> second = bucket.acquire();
    time.advance(Duration.ofMillis(500));
    first.cancel(false);
    time.advance(Duration.ofMillis(500));
    assertThat(second).isCompleted();
    assertThat(time.pending()).isZero();
  }
}
