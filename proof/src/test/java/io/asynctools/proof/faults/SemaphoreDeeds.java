package io.asynctools.proof.faults;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is done to a semaphore of one permit while there is no memory. */
final class SemaphoreDeeds {
  private SemaphoreDeeds() {}

  private static final class OnSemaphore extends Deed {
    final SemaphoreRateLimiter limiter =
        SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build();
    final CompletableFuture<String> stage = new CompletableFuture<>();
    int limit = 1;

    void hold() {
      held = limiter.tryAcquire().orElseThrow();
    }

    void holdAndWait() {
      hold();
      future = limiter.acquire();
    }

    void letGo() {
      held.release();
      time.runTasks();
    }

    void cancel() {
      future.cancel(true);
    }

    @Override
    String lost() {
      return limiter.availablePermits() == limit && limiter.waiters() == 0
          ? null
          : limiter.availablePermits()
              + " permits of "
              + limit
              + ", "
              + limiter.waiters()
              + " wait";
    }
  }

  private static Supplier<Deed> on(Consumer<OnSemaphore> how) {
    return () -> {
      OnSemaphore deed = new OnSemaphore();
      how.accept(deed);
      return deed;
    };
  }

  static void addTo(Map<String, Supplier<Deed>> deeds) {
    deeds.put(
        "semaphore, tryAcquire", on(it -> it.does(() -> it.permit = it.limiter.tryAcquire())));
    deeds.put("semaphore, acquire", on(it -> it.does(() -> it.future = it.limiter.acquire())));
    deeds.put(
        "semaphore, execute", on(it -> it.does(() -> it.future = it.limiter.execute(Deed.CALL))));
    deeds.put(
        "semaphore, acquire and wait",
        on(
            it -> {
              it.hold();
              it.does(() -> it.future = it.limiter.acquire());
              it.then(it::letGo);
            }));
    deeds.put(
        "semaphore, acquire and wait with maxWait",
        on(
            it -> {
              it.hold();
              it.does(() -> it.future = it.limiter.acquire(1, Deed.SECOND));
              it.then(() -> it.time.advance(2_000_000_000));
            }));
    deeds.put(
        "semaphore, execute and wait",
        on(
            it -> {
              it.hold();
              it.does(() -> it.future = it.limiter.execute(Deed.CALL));
              it.then(it::letGo);
            }));
    deeds.put(
        "semaphore, release while one waits",
        on(
            it -> {
              it.holdAndWait();
              it.doesTwice(it.held::release);
            }));
    deeds.put(
        "semaphore, release, and another comes",
        on(
            it -> {
              it.holdAndWait();
              it.does(it.held::release);
              it.then(() -> it.other = it.limiter.acquire());
            }));
    deeds.put(
        "semaphore, a grant is delivered",
        on(
            it -> {
              it.holdAndWait();
              it.other = it.future.thenApply(permit -> permit);
              it.held.release();
              it.does(it.time::runTasks);
            }));
    deeds.put(
        "semaphore, a waiter is cancelled",
        on(
            it -> {
              it.holdAndWait();
              it.does(it::cancel);
              it.then(
                  () -> {
                    it.letGo();
                    it.cancel();
                  });
            }));
    deeds.put(
        "semaphore, a waiting call is cancelled",
        on(
            it -> {
              it.hold();
              it.future = it.limiter.execute(Deed.CALL);
              it.does(it::cancel);
              it.then(
                  () -> {
                    it.letGo();
                    it.cancel();
                  });
            }));
    deeds.put(
        "semaphore, a call is cancelled",
        on(
            it -> {
              it.future = it.limiter.execute(() -> it.stage);
              it.does(it::cancel);
              it.then(
                  () -> {
                    it.cancel();
                    it.stage.complete("done");
                  });
            }));
    deeds.put(
        "semaphore, a call ends",
        on(
            it -> {
              it.future = it.limiter.execute(() -> it.stage);
              it.doesTwice(() -> it.stage.complete("done"));
            }));
    deeds.put(
        "semaphore, resize while one waits",
        on(
            it -> {
              it.holdAndWait();
              it.limit = 2;
              it.doesTwice(() -> it.limiter.resize(2));
            }));
    deeds.put(
        "semaphore, close while one waits",
        on(
            it -> {
              it.holdAndWait();
              it.doesTwice(it.limiter::close);
            }));
  }
}
