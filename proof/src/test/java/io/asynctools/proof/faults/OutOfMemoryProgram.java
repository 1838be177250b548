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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What is lost when memory runs out, at each allocation of each operation in turn: every deed is
 * done with nothing left, then with 16 bytes, with 32, and so on until it succeeds. Afterwards,
 * with memory again, permits in must be permits out, and whoever waits must be served. Prints what
 * is not so, a line each; runs in a virtual machine of its own, see {@link OutOfMemoryTest}.
 */
public final class OutOfMemoryProgram {
  private static final int MOST = 40; // times 16 bytes: more than nearly all allocate

  /** One deed and what must hold afterwards, on limiters of its own. */
  private abstract static class Deed {
    final Frugal time = new Frugal();
    OutOfMemoryError thrown;

    abstract void run();

    /** What is wrong afterwards; null if nothing. */
    abstract String wrong();
  }

  private OutOfMemoryProgram() {}

  /** Prints a line for each thing that is lost, and how many tries there were. */
  public static void main(String[] arguments) {
    Map<String, Supplier<Deed>> deeds = deeds();
    int tries = 0;
    int failed = 0;
    for (Map.Entry<String, Supplier<Deed>> each : deeds.entrySet()) {
      warmUp(each.getValue());
      int out = 0;
      Map<String, List<Integer>> wrongs = new LinkedHashMap<>();
      for (int left = 0; left < MOST; left++) {
        Deed deed = each.getValue().get();
        attempt(deed, left);
        tries++;
        out += deed.thrown == null ? 0 : 1;
        String wrong = wrong(deed);
        if (wrong != null) {
          wrongs.computeIfAbsent(wrong, key -> new ArrayList<>()).add(left * 16);
        }
      }
      failed += out;
      wrongs.forEach(
          (wrong, bytes) ->
              System.out.println(
                  "LOST " + each.getKey() + ": " + wrong + ", bytes left: " + bytes));
      if (arguments.length > 0) {
        System.out.println("     " + each.getKey() + ": memory ran out " + out + " times");
      }
    }
    System.out.println("TRIES " + tries + " " + failed);
  }

  private static void warmUp(Supplier<Deed> deed) {
    for (int i = 0; i < 3; i++) {
      Deed one = deed.get();
      one.run();
      one.wrong();
    }
  }

  private static void attempt(Deed deed, int left) {
    NoMemory.leave(left);
    try {
      deed.run();
    } catch (OutOfMemoryError e) {
      deed.thrown = e;
    } finally {
      NoMemory.restore();
    }
  }

  private static String wrong(Deed deed) {
    try {
      return deed.wrong();
    } catch (Throwable e) {
      return "afterwards: " + e;
    }
  }

  // ---- The deeds

  private abstract static class OnSemaphore extends Deed {
    final SemaphoreRateLimiter limiter =
        SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build();

    final String permits() {
      time.runTasks();
      return limiter.availablePermits() == 1 && limiter.waiters() == 0
          ? null
          : limiter.availablePermits() + " permits of 1, " + limiter.waiters() + " wait";
    }
  }

  private static String end(CompletableFuture<Permit> future) {
    if (future == null) {
      return null; // its caller has heard: it was thrown
    }
    if (!future.isDone()) {
      return "somebody never hears";
    }
    if (!future.isCompletedExceptionally()) {
      future.join().release();
    }
    return null;
  }

  private static String first(String... wrongs) {
    for (String wrong : wrongs) {
      if (wrong != null) {
        return wrong;
      }
    }
    return null;
  }

  private static final CompletableFuture<String> DONE = CompletableFuture.completedFuture("done");
  private static final CompletableFuture<String> BROKEN =
      CompletableFuture.failedFuture(new IllegalStateException("broken"));
  private static final Supplier<CompletableFuture<String>> CALL = () -> DONE;
  private static final Supplier<CompletableFuture<String>> BAD_CALL = () -> BROKEN;

  private static Map<String, Supplier<Deed>> deeds() {
    Map<String, Supplier<Deed>> deeds = new LinkedHashMap<>();
    deeds.put(
        "semaphore, tryAcquire",
        () ->
            new OnSemaphore() {
              Optional<Permit> permit;

              @Override
              void run() {
                permit = limiter.tryAcquire();
              }

              @Override
              String wrong() {
                if (permit != null) {
                  permit.ifPresent(Permit::release);
                }
                return permits();
              }
            });
    deeds.put(
        "semaphore, acquire",
        () ->
            new OnSemaphore() {
              CompletableFuture<Permit> future;

              @Override
              void run() {
                future = limiter.acquire();
              }

              @Override
              String wrong() {
                return first(end(future), permits());
              }
            });
    deeds.put(
        "semaphore, execute",
        () ->
            new OnSemaphore() {
              CompletableFuture<String> future;

              @Override
              void run() {
                future = limiter.execute(CALL);
              }

              @Override
              String wrong() {
                return first(
                    future == null || future.isDone() ? null : "somebody never hears", permits());
              }
            });
    deeds.put(
        "semaphore, acquire and wait",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              CompletableFuture<Permit> future;

              @Override
              void run() {
                future = limiter.acquire();
              }

              @Override
              String wrong() {
                held.release();
                time.runTasks();
                return first(end(future), permits());
              }
            });
    deeds.put(
        "semaphore, acquire and wait with maxWait",
        () ->
            new OnSemaphore() {
              final Duration second = Duration.ofSeconds(1);
              final Permit held = limiter.tryAcquire().orElseThrow();
              CompletableFuture<Permit> future;

              @Override
              void run() {
                future = limiter.acquire(1, second);
              }

              @Override
              String wrong() {
                time.advance(2_000_000_000);
                String wrong = end(future);
                held.release();
                return first(wrong, permits());
              }
            });
    deeds.put(
        "semaphore, execute and wait",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              CompletableFuture<String> future;

              @Override
              void run() {
                future = limiter.execute(CALL);
              }

              @Override
              String wrong() {
                held.release();
                time.runTasks();
                return first(
                    future == null || future.isDone() ? null : "somebody never hears", permits());
              }
            });
    deeds.put(
        "semaphore, release while one waits",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<Permit> future = limiter.acquire();

              @Override
              void run() {
                held.release();
              }

              @Override
              String wrong() {
                time.runTasks();
                held.release();
                time.runTasks();
                return first(end(future), permits());
              }
            });
    deeds.put(
        "semaphore, release, and another comes",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<Permit> future = limiter.acquire();

              @Override
              void run() {
                held.release();
              }

              @Override
              String wrong() {
                CompletableFuture<Permit> other = limiter.acquire();
                time.runTasks();
                String wrong = end(future);
                time.runTasks();
                return first(wrong, end(other), permits());
              }
            });
    deeds.put(
        "semaphore, a grant is delivered",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<Permit> future = limiter.acquire();
              final CompletableFuture<Permit> dependent = future.thenApply(permit -> permit);

              {
                held.release();
              }

              @Override
              void run() {
                time.runTasks();
              }

              @Override
              String wrong() {
                time.runTasks();
                return first(end(future), end(dependent), permits());
              }
            });
    deeds.put(
        "semaphore, a waiter is cancelled",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<Permit> future = limiter.acquire();

              @Override
              void run() {
                future.cancel(true);
              }

              @Override
              String wrong() {
                held.release();
                time.runTasks();
                future.cancel(true);
                return first(end(future), permits());
              }
            });
    deeds.put(
        "semaphore, a waiting call is cancelled",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<String> future = limiter.execute(CALL);

              @Override
              void run() {
                future.cancel(true);
              }

              @Override
              String wrong() {
                held.release();
                time.runTasks();
                future.cancel(true);
                return first(future.isDone() ? null : "somebody never hears", permits());
              }
            });
    deeds.put(
        "semaphore, a call is cancelled",
        () ->
            new OnSemaphore() {
              final CompletableFuture<String> stage = new CompletableFuture<>();
              final CompletableFuture<String> future = limiter.execute(() -> stage);

              @Override
              void run() {
                future.cancel(true);
              }

              @Override
              String wrong() {
                future.cancel(true);
                stage.complete("done");
                return first(future.isDone() ? null : "somebody never hears", permits());
              }
            });
    deeds.put(
        "semaphore, a call ends",
        () ->
            new OnSemaphore() {
              final CompletableFuture<String> stage = new CompletableFuture<>();
              final CompletableFuture<String> future = limiter.execute(() -> stage);

              @Override
              void run() {
                stage.complete("done");
              }

              @Override
              String wrong() {
                stage.complete("done");
                return first(future.isDone() ? null : "somebody never hears", permits());
              }
            });
    deeds.put(
        "semaphore, resize while one waits",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<Permit> future = limiter.acquire();

              @Override
              void run() {
                limiter.resize(2);
              }

              @Override
              String wrong() {
                limiter.resize(2); // again: the first may have failed
                time.runTasks();
                String wrong = end(future);
                held.release();
                limiter.resize(1);
                return first(wrong, permits());
              }
            });
    deeds.put(
        "semaphore, close while one waits",
        () ->
            new OnSemaphore() {
              final Permit held = limiter.tryAcquire().orElseThrow();
              final CompletableFuture<Permit> future = limiter.acquire();

              @Override
              void run() {
                limiter.close();
              }

              @Override
              String wrong() {
                limiter.close();
                time.runTasks();
                String wrong = end(future);
                held.release();
                return wrong;
              }
            });
    deeds.put(
        "bucket, acquire and wait",
        () ->
            new OnBucket() {
              CompletableFuture<Permit> future;

              @Override
              void run() {
                future = limiter.acquire();
              }

              @Override
              String wrong() {
                time.advance(1_000_000_000);
                return first(end(future), idle());
              }
            });
    deeds.put(
        "bucket, the timer rings",
        () ->
            new OnBucket() {
              final CompletableFuture<Permit> future = limiter.acquire();

              @Override
              void run() {
                time.advance(1_000_000_000);
              }

              @Override
              String wrong() {
                CompletableFuture<Permit> other = limiter.acquire();
                time.advance(1_000_000_000);
                time.advance(1_000_000_000);
                return first(end(future), end(other), idle());
              }
            });
    deeds.put(
        "bucket, a grant is cancelled before it is delivered",
        () ->
            new OnBucket() {
              final CompletableFuture<Permit> future = limiter.acquire();

              {
                time.ring(1_000_000_000);
              }

              @Override
              void run() {
                future.cancel(true);
              }

              @Override
              String wrong() {
                time.runTasks();
                future.cancel(true);
                return first(
                    end(future),
                    future.isCancelled() && limiter.availableTokens() != 1
                        ? limiter.availableTokens() + " tokens, of 1"
                        : null);
              }
            });
    deeds.put(
        "breaker, a probe by acquire",
        () ->
            new OnBreaker() {
              CompletableFuture<Permit> future;

              @Override
              void run() {
                future = limiter.acquire();
              }

              @Override
              String wrong() {
                return first(end(future), probes());
              }
            });
    deeds.put(
        "breaker, a probe by tryAcquire",
        () ->
            new OnBreaker() {
              Optional<Permit> permit;

              @Override
              void run() {
                permit = limiter.tryAcquire();
              }

              @Override
              String wrong() {
                if (permit != null) {
                  permit.ifPresent(Permit::release);
                }
                return probes();
              }
            });
    deeds.put(
        "breaker, a probe by execute",
        () ->
            new OnBreaker() {
              CompletableFuture<String> future;

              @Override
              void run() {
                future = limiter.execute(CALL);
              }

              @Override
              String wrong() {
                return first(
                    future == null || future.isDone() ? null : "somebody never hears", probes());
              }
            });
    deeds.put(
        "breaker, a probe fails",
        () ->
            new OnBreaker() {
              final Permit probe = limiter.tryAcquire().orElseThrow();
              final IllegalStateException failure = new IllegalStateException("failed");

              @Override
              void run() {
                probe.recordFailure(failure);
              }

              @Override
              String wrong() {
                probe.recordFailure(failure);
                time.advance(2_000_000_000);
                return probes();
              }
            });
    deeds.put("per key, first use by acquire", () -> new OnKeys(false));
    deeds.put("per key, first use by tryAcquire", () -> new OnKeys(true));
    deeds.put(
        "retry, a call fails and waits",
        () ->
            new OnRetry() {
              CompletableFuture<String> future;

              @Override
              void run() {
                future = retry.execute(BAD_CALL);
              }

              @Override
              String wrong() {
                return heard(future);
              }
            });
    deeds.put(
        "retry, an attempt fails later",
        () ->
            new OnRetry() {
              final CompletableFuture<String> stage = new CompletableFuture<>();
              final CompletableFuture<String> future = retry.execute(() -> stage);
              final IllegalStateException failure = new IllegalStateException("failed");

              @Override
              void run() {
                stage.completeExceptionally(failure);
              }

              @Override
              String wrong() {
                stage.completeExceptionally(failure);
                return heard(future);
              }
            });
    deeds.put(
        "retry, the delay passes",
        () ->
            new OnRetry() {
              final CompletableFuture<String> future = retry.execute(BAD_CALL);

              @Override
              void run() {
                time.advance(1_000_000_000);
              }

              @Override
              String wrong() {
                return heard(future);
              }
            });
    deeds.put(
        "retry, a call is cancelled",
        () ->
            new OnRetry() {
              final CompletableFuture<String> future = retry.execute(BAD_CALL);

              @Override
              void run() {
                future.cancel(true);
              }

              @Override
              String wrong() {
                future.cancel(true);
                return heard(future);
              }
            });
    return deeds;
  }

  private abstract static class OnBucket extends Deed {
    final TokenBucketRateLimiter limiter =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(1)
            .initialTokens(0)
            .timeSource(time)
            .executor(time)
            .build();

    final String idle() {
      return limiter.waiters() == 0 ? null : limiter.waiters() + " wait";
    }
  }

  /** One that may let a single probe through. */
  private abstract static class OnBreaker extends Deed {
    final CircuitBreaker limiter =
        CircuitBreaker.builder()
            .failureThreshold(1)
            .timeout(Duration.ofSeconds(1))
            .probeTimeout(Duration.ofDays(1))
            .timeSource(time)
            .executor(time)
            .build();

    {
      limiter.tryAcquire().orElseThrow().recordFailure(new IllegalStateException("failed"));
      time.advance(1_000_000_000);
    }

    final String probes() {
      Optional<Permit> probe = limiter.tryAcquire();
      return probe.isPresent() ? null : "a probe's place is lost, " + limiter.state();
    }
  }

  private static final class OnKeys extends Deed {
    private final boolean attempts;
    private final PerKeyRateLimiter<String, SemaphoreRateLimiter> limiters =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofSeconds(1))
            .cleanupInterval(Duration.ofSeconds(1))
            .maxKeys(1)
            .timeSource(time)
            .executor(time)
            .build(key -> SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build());
    private final AsyncRateLimiter view = limiters.forKey("key");
    private CompletableFuture<Permit> future;
    private Optional<Permit> permit;

    OnKeys(boolean attempts) {
      this.attempts = attempts;
    }

    @Override
    void run() {
      if (attempts) {
        permit = view.tryAcquire();
      } else {
        future = view.acquire();
      }
    }

    @Override
    String wrong() {
      if (permit != null) {
        permit.ifPresent(Permit::release);
      }
      String wrong = end(future);
      if (wrong != null) {
        return wrong;
      }
      Optional<Permit> again = view.tryAcquire();
      if (again.isEmpty()) {
        return "a permit of the key is lost";
      }
      again.get().release();
      time.advance(1_000_000_000);
      time.advance(1_000_000_000);
      time.advance(1_000_000_000);
      return limiters.size() == 0 ? null : limiters.size() + " keys are not forgotten";
    }
  }

  private abstract static class OnRetry extends Deed {
    final Retry retry =
        Retry.builder()
            .maxAttempts(2)
            .initialDelay(Duration.ofSeconds(1))
            .timeSource(time)
            .executor(time)
            .build();

    final String heard(CompletableFuture<String> future) {
      time.advance(1_000_000_000);
      time.advance(1_000_000_000);
      return future == null || future.isDone() ? null : "somebody never hears";
    }
  }
}
