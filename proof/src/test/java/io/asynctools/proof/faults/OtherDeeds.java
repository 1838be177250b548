package io.asynctools.proof.faults;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is done to a bucket, a breaker, limiters by key and a retry while there is no memory. */
final class OtherDeeds {
  private static final IllegalStateException FAILURE = new IllegalStateException("failed");
  private static final CompletableFuture<String> FAILED = CompletableFuture.failedFuture(FAILURE);
  private static final Supplier<CompletableFuture<String>> BAD_CALL = () -> FAILED;

  private OtherDeeds() {}

  private static void pass(Deed deed, int seconds) {
    for (int i = 0; i < seconds; i++) {
      deed.time.advance(1_000_000_000);
    }
  }

  private static <D extends Deed> Supplier<Deed> on(Supplier<D> ground, Consumer<D> how) {
    return () -> {
      D deed = ground.get();
      how.accept(deed);
      return deed;
    };
  }

  static void addTo(Map<String, Supplier<Deed>> deeds) {
    deeds.put(
        "bucket, acquire and wait",
        on(
            OnBucket::new,
            it -> {
              it.does(() -> it.future = it.limiter.acquire());
              it.then(() -> pass(it, 1));
            }));
    deeds.put(
        "bucket, the timer rings",
        on(
            OnBucket::new,
            it -> {
              it.future = it.limiter.acquire();
              it.does(() -> pass(it, 1));
              it.then(
                  () -> {
                    it.other = it.limiter.acquire();
                    pass(it, 2);
                  });
            }));
    deeds.put(
        "bucket, a grant is cancelled before it is delivered",
        on(
            OnBucket::new,
            it -> {
              it.future = it.limiter.acquire();
              it.time.ring(1_000_000_000);
              it.does(() -> it.future.cancel(true));
              it.then(
                  () -> {
                    it.time.runTasks();
                    it.future.cancel(true);
                  });
            }));
    deeds.put(
        "breaker, a probe by acquire",
        on(OnBreaker::new, it -> it.does(() -> it.future = it.limiter.acquire())));
    deeds.put(
        "breaker, a probe by tryAcquire",
        on(OnBreaker::new, it -> it.does(() -> it.permit = it.limiter.tryAcquire())));
    deeds.put(
        "breaker, a probe by execute",
        on(OnBreaker::new, it -> it.does(() -> it.future = it.limiter.execute(Deed.CALL))));
    deeds.put(
        "breaker, a probe fails",
        on(
            OnBreaker::new,
            it -> {
              it.held = it.limiter.tryAcquire().orElseThrow();
              it.does(() -> it.held.recordFailure(FAILURE));
              it.then(
                  () -> {
                    it.held.recordFailure(FAILURE);
                    pass(it, 2);
                  });
            }));
    deeds.put(
        "per key, first use by acquire",
        on(OnKeys::new, it -> it.does(() -> it.future = it.view.acquire())));
    deeds.put(
        "per key, first use by tryAcquire",
        on(OnKeys::new, it -> it.does(() -> it.permit = it.view.tryAcquire())));
    deeds.put(
        "retry, a call fails and waits",
        on(
            OnRetry::new,
            it -> {
              it.does(() -> it.future = it.retry.execute(BAD_CALL));
              it.then(() -> pass(it, 2));
            }));
    deeds.put(
        "retry, an attempt fails later",
        on(
            OnRetry::new,
            it -> {
              CompletableFuture<String> stage = new CompletableFuture<>();
              it.future = it.retry.execute(() -> stage);
              it.does(() -> stage.completeExceptionally(FAILURE));
              it.then(
                  () -> {
                    stage.completeExceptionally(FAILURE);
                    pass(it, 2);
                  });
            }));
    deeds.put(
        "retry, the delay passes",
        on(
            OnRetry::new,
            it -> {
              it.future = it.retry.execute(BAD_CALL);
              it.does(() -> pass(it, 1));
              it.then(() -> pass(it, 2));
            }));
    deeds.put(
        "retry, a call is cancelled",
        on(
            OnRetry::new,
            it -> {
              it.future = it.retry.execute(BAD_CALL);
              it.does(() -> it.future.cancel(true));
              it.then(
                  () -> {
                    it.future.cancel(true);
                    pass(it, 2);
                  });
            }));
  }

  /** One that is empty, with room for one token. */
  private static final class OnBucket extends Deed {
    final TokenBucketRateLimiter limiter =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(1)
            .initialTokens(0)
            .timeSource(time)
            .executor(time)
            .build();

    @Override
    String lost() {
      if (limiter.waiters() != 0) {
        return limiter.waiters() + " wait";
      }
      boolean burned = future != null && future.isCancelled() && limiter.availableTokens() != 1;
      return burned ? limiter.availableTokens() + " tokens, of 1" : null;
    }
  }

  /** One that may let a single probe through. */
  private static final class OnBreaker extends Deed {
    final CircuitBreaker limiter =
        CircuitBreaker.builder()
            .logLevel(System.Logger.Level.OFF)
            .failureThreshold(1)
            .timeout(SECOND)
            .probeTimeout(Duration.ofDays(1))
            .timeSource(time)
            .executor(time)
            .build();

    OnBreaker() {
      limiter.tryAcquire().orElseThrow().recordFailure(FAILURE);
      pass(this, 1);
    }

    @Override
    String lost() {
      return limiter.tryAcquire().isPresent()
          ? null
          : "a probe's place is lost, " + limiter.state();
    }
  }

  private static final class OnKeys extends Deed {
    private final PerKeyRateLimiter<String, SemaphoreRateLimiter> limiters =
        PerKeyRateLimiter.builder()
            .maxIdle(SECOND)
            .cleanupInterval(SECOND)
            .maxKeys(1)
            .timeSource(time)
            .executor(time)
            .build(key -> SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build());
    final AsyncRateLimiter view = limiters.forKey("key");

    @Override
    String lost() {
      Optional<Permit> again = view.tryAcquire();
      if (again.isEmpty()) {
        return "a permit of the key is lost";
      }
      again.get().release();
      pass(this, 3);
      return limiters.size() == 0 ? null : limiters.size() + " keys are not forgotten";
    }
  }

  private static final class OnRetry extends Deed {
    final Retry retry =
        Retry.builder().maxAttempts(2).initialDelay(SECOND).timeSource(time).executor(time).build();

    @Override
    String lost() {
      return null; // it holds nothing
    }
  }
}
