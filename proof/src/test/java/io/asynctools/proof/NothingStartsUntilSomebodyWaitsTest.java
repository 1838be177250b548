package io.asynctools.proof;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The timer and the executor, which alone have threads, are left alone until somebody waits: by any
 * strategy, and by any number of them around each other.
 */
@Tag("unit")
class NothingStartsUntilSomebodyWaitsTest {
  private final List<String> started = new ArrayList<>();
  private final LimiterEnvironment environment =
      LimiterEnvironment.system()
          .withTimeSource(
              new TimeSource() {
                @Override
                public long nanoTime() {
                  return 0;
                }

                @Override
                public Cancellable schedule(Runnable task, long delayNanos) {
                  started.add("a timer of " + delayNanos + " ns");
                  return () -> true;
                }
              })
          .withExecutor(task -> started.add("a task"));

  private AsyncRateLimiter limiter(String name, String... options) {
    return Limiters.rateLimiter(name, options(options), environment);
  }

  private static Map<String, String> options(String... options) {
    return options.length == 2
        ? Map.of(options[0], options[1])
        : Map.of(options[0], options[1], options[2], options[3]);
  }

  /** Promises: All 13. */
  @Test
  void noLimiterStartsAnything() throws Exception {
    KeyedRateLimiter<String> keyed =
        Limiters.keyed(
            "per-key",
            Map.of("limiter", "semaphore", "limiter.max-concurrent", "2", "keep-idle-keys", "true"),
            environment);
    List<AsyncRateLimiter> limiters =
        List.of(
            limiter("token-bucket", "rate", "2/s"),
            limiter("semaphore", "max-concurrent", "2"),
            limiter("circuit-breaker", "failure-threshold", "1"),
            keyed.forKey("a"));
    for (AsyncRateLimiter limiter : limiters) {
      Permit held = limiter.tryAcquire().orElseThrow();
      assertThat(limiter.execute(() -> completedFuture(""))).as(limiter.name()).isCompleted();
      for (int i = 0; i < 10; i++) {
        limiter.tryAcquire(2);
      }
      held.recordFailure(new IllegalStateException());
      limiter.acquire(2, Duration.ZERO);
    }
    assertThat(started).isEmpty();
  }

  /** Promises: Composition. */
  @Test
  void noStackOfPoliciesDoes() throws Exception {
    List<AsyncPolicy> policies =
        List.of(
            Limiters.policy("retry", options("max-attempts", "3"), environment),
            limiter("token-bucket", "rate", "1000000/s"),
            limiter("circuit-breaker", "failure-threshold", "1"),
            limiter("semaphore", "max-concurrent", "1"));
    AsyncPolicy stack = AsyncPolicy.compose(policies.get(0));
    for (int i = 0; i < 20; i++) {
      stack = AsyncPolicy.compose(stack, policies.subList(1, 3).toArray(AsyncPolicy[]::new));
    }
    stack = AsyncPolicy.compose(stack, policies.get(3));
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = stack.execute(() -> running);
    assertThat(result).isNotDone();
    running.complete("over");
    assertThat(result).isCompletedWithValue("over");
    assertThat(stack.<String, RuntimeException>call(() -> "over")).isEqualTo("over");
    assertThat(started).isEmpty();
  }

  /** And is not only never looked at. */
  @Test
  void aWaiterStartsATimer() {
    AsyncRateLimiter bucket = limiter("token-bucket", "rate", "1/s");
    bucket.acquire();
    bucket.acquire();
    assertThat(started).containsExactly("a timer of 1000000000 ns");
  }
}
