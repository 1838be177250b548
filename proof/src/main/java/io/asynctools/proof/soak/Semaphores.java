package io.asynctools.proof.soak;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.proof.calls.Work;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

/** A semaphore for each key: never more out than the limit, and in the end all are back. */
final class Semaphores implements Drill {
  private static final int LIMIT = 3;

  private final Surroundings world;
  private final PerKeyRateLimiter<Integer, AsyncRateLimiter> limiters;
  private final AtomicIntegerArray out;
  private final LongAdder admitted = new LongAdder();

  Semaphores(Surroundings world) {
    this.world = world;
    this.out = new AtomicIntegerArray(world.keys());
    this.limiters =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofSeconds(1))
            .cleanupInterval(Duration.ofSeconds(1))
            .timeSource(world.time())
            .build(
                key ->
                    world
                        .breakage()
                        .apply(
                            SemaphoreRateLimiter.builder(LIMIT)
                                .maxWaiters(50)
                                .timeSource(world.time())
                                .build()));
  }

  @Override
  public String name() {
    return "semaphore per key";
  }

  @Override
  public void act(int key) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    AsyncRateLimiter limiter = limiters.forKey(key);
    int permits = random.nextInt(4) > 0 ? 1 : 1 + random.nextInt(LIMIT);
    switch (random.nextInt(4)) {
      case 0 -> limiter.tryAcquire(permits).ifPresent(permit -> hold(key, permits, permit));
      case 1 -> {
        CompletableFuture<Permit> future =
            limiter.acquire(permits, Duration.ofNanos(random.nextLong(50_000_000)));
        follow(key, permits, future);
      }
      case 2 -> {
        CompletableFuture<Permit> future = limiter.acquire(permits);
        follow(key, permits, future);
        leaveLater(future);
      }
      default -> {
        CompletableFuture<String> future =
            limiter.execute(
                permits,
                () -> {
                  enter(key, permits);
                  Work work = new Work(true, ended -> out.addAndGet(key, -permits));
                  world.pending().keep(() -> work.complete("done"));
                  return work;
                });
        world.pending().follow(future);
        leaveLater(future);
      }
    }
  }

  private void leaveLater(CompletableFuture<?> future) {
    if (!future.isDone() && ThreadLocalRandom.current().nextBoolean()) {
      world.pending().keep(() -> future.cancel(true));
    }
  }

  private void follow(int key, int permits, CompletableFuture<Permit> future) {
    world.pending().follow(future);
    CompletableFuture<?> unused =
        future.whenComplete(
            (permit, error) -> {
              if (permit != null) {
                hold(key, permits, permit);
              }
            });
  }

  private void hold(int key, int permits, Permit permit) {
    enter(key, permits);
    world
        .pending()
        .keep(
            () -> {
              out.addAndGet(key, -permits);
              permit.release();
              permit.release(); // once more: nothing comes of it
            });
  }

  private void enter(int key, int permits) {
    admitted.add(permits);
    int now = out.addAndGet(key, permits);
    if (now > LIMIT) {
      world.violations().add("semaphore " + key + ": " + now + " permits out, of " + LIMIT);
    }
  }

  @Override
  public void checkAtRest() {
    for (int key = 0; key < out.length(); key++) {
      if (out.get(key) != 0) {
        world.violations().add("semaphore " + key + ": " + out.get(key) + " out at the end");
      }
      Optional<Permit> all = limiters.forKey(key).tryAcquire(LIMIT);
      if (all.isEmpty()) {
        world.violations().add("semaphore " + key + ": not all permits have come back");
      }
      all.ifPresent(Permit::release);
    }
  }

  @Override
  public long keys() {
    return limiters.size();
  }

  @Override
  public long admitted() {
    return admitted.sum();
  }

  @Override
  public void close() {
    limiters.close();
  }
}
