package io.asynctools.proof.soak;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A bucket for each key. Every key is held to its rate since the beginning, through all the lives
 * of its bucket, and the busiest ones in every window.
 */
final class Buckets implements Drill {
  private static final Rate RATE = Rate.perSecond(200);
  private static final long CAPACITY = 20;
  private static final int WATCHED = 4;

  private final Surroundings world;
  private final PerKeyRateLimiter<Integer, AsyncRateLimiter> limiters;
  private final AtomicLongArray granted;
  private final Windows[] watched = new Windows[WATCHED];
  private final long begun;

  Buckets(Surroundings world) {
    this.world = world;
    this.granted = new AtomicLongArray(world.keys());
    this.begun = world.time().nanoTime();
    for (int key = 0; key < WATCHED; key++) {
      watched[key] = new Windows("bucket " + key, RATE, CAPACITY, world.violations());
    }
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
                            TokenBucketRateLimiter.builder(RATE)
                                .capacity(CAPACITY)
                                .maxWaiters(50)
                                .timeSource(world.time())
                                .build()));
  }

  @Override
  public String name() {
    return "token bucket per key";
  }

  @Override
  public void act(int key) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    AsyncRateLimiter limiter = limiters.forKey(key);
    long permits = random.nextInt(4) > 0 ? 1 : 1 + random.nextLong(CAPACITY);
    long asked = world.time().nanoTime();
    switch (random.nextInt(4)) {
      case 0 -> limiter.tryAcquire(permits).ifPresent(permit -> grant(key, asked, permits));
      case 1 -> {
        Duration maxWait = Duration.ofNanos(random.nextLong(50_000_000));
        follow(key, asked, permits, limiter.acquire(permits, maxWait));
      }
      default -> {
        CompletableFuture<Permit> future = limiter.acquire(permits);
        follow(key, asked, permits, future);
        if (!future.isDone()) {
          world.pending().keep(() -> future.cancel(true));
        }
      }
    }
  }

  private void follow(int key, long asked, long permits, CompletableFuture<Permit> future) {
    world.pending().follow(future);
    CompletableFuture<?> unused =
        future.whenComplete(
            (permit, error) -> {
              if (permit != null) {
                grant(key, asked, permits);
              }
            });
  }

  private void grant(int key, long asked, long permits) {
    long sum = granted.addAndGet(key, permits);
    long heard = world.time().nanoTime();
    double allowed =
        CAPACITY + (double) RATE.permits() * (heard - begun + 1) / RATE.period().toNanos();
    if (sum > allowed + 1e-6) {
      world.violations().add("bucket " + key + ": " + sum + " permits, not " + allowed);
    }
    if (key < WATCHED) {
      watched[key].granted(asked, heard, permits);
    }
  }

  @Override
  public void inspect() {
    for (Windows each : watched) {
      each.inspect();
    }
  }

  @Override
  public void checkAtRest() {
    inspect();
  }

  @Override
  public long keys() {
    return limiters.size();
  }

  @Override
  public long admitted() {
    long sum = 0;
    for (int key = 0; key < granted.length(); key++) {
      sum += granted.get(key);
    }
    return sum;
  }

  @Override
  public void close() {
    limiters.close();
  }
}
