package io.asynctools.proof.loaders;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** An application that uses every strategy and asks all of them for their words. */
public final class EveryStrategy implements Runnable {

  /** For the class loader's user. */
  public EveryStrategy() {}

  @Override
  public void run() {
    for (int i = 0; i < 3; i++) { // the first time builds caches, the second uses them
      try {
        useAll();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private static void useAll() throws Exception {
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.parse("1000/s")).capacity(1).build();
    SemaphoreRateLimiter semaphore =
        SemaphoreRateLimiter.builder(1).maxWait(Duration.ofMillis(1)).build();
    CircuitBreaker breaker = CircuitBreaker.builder().failureThreshold(1).build();
    Retry retry = Retry.builder().maxAttempts(2).initialDelay(Duration.ofMillis(1)).build();
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keyed =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofSeconds(1))
            .build(key -> TokenBucketRateLimiter.builder(Rate.perSecond(10)).build());
    AsyncRateLimiter view = keyed.forKey("key");
    AsyncRateLimiter named = Limiters.rateLimiter("semaphore", Map.of("max-concurrent", "2"));
    AsyncPolicy stack = AsyncPolicy.compose(retry, bucket, breaker, semaphore);
    bucket.tryAcquire();
    stack.execute(() -> CompletableFuture.completedFuture("value")).get(1, TimeUnit.MINUTES);
    stack
        .execute(() -> CompletableFuture.failedFuture(new IllegalStateException("on purpose")))
        .handle((value, error) -> String.valueOf(error))
        .get(1, TimeUnit.MINUTES);
    semaphore.tryAcquire();
    semaphore.acquire().handle((value, error) -> error).get(1, TimeUnit.MINUTES);
    bucket.reconfigure(new Rate(1, Duration.ofSeconds(7)), 3);
    view.tryAcquire();
    for (Object each : List.of(bucket, semaphore, breaker, retry, keyed, view, named, stack)) {
      String unused = each + " " + each.hashCode() + each.equals(stack) + each.equals(view);
    }
    boolean unused =
        keyed.forKey("key").equals(view)
            && new Rate(1, Duration.ofDays(1)).equals(new Rate(2, Duration.ofDays(1)));
    for (AsyncRateLimiter each : List.of(bucket, semaphore, named)) {
      each.close();
    }
    keyed.close();
  }
}
