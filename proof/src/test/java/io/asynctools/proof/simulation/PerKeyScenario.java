package io.asynctools.proof.simulation;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.RateLimiterBase;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.proof.simulation.Book.Promise;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Limiters of some keys, forgotten and made again. The books are kept for each key over all the
 * lives of its limiter, so that forgetting one too early shows as a broken promise. The factory
 * throws now and then, or uses another key.
 */
final class PerKeyScenario extends Scenario {
  private static final long CAPACITY = 5;
  private static final Rate RATE = new Rate(3, Duration.ofSeconds(1));

  private final boolean buckets;
  private final boolean forgetful; // forgets what it should not, to show that this is found
  private final PerKeyRateLimiter<Integer, AsyncRateLimiter> limiters;
  private final Map<Integer, RateLimiterBase> latest = new HashMap<>();
  private final List<Clients> clients = new ArrayList<>();
  private final List<Book> books = new ArrayList<>();
  private final long maxKeys;
  private final Duration maxIdle;
  private final Duration interval;

  private PerKeyScenario(World world, boolean buckets, boolean forgetful) {
    super(world);
    this.buckets = buckets;
    this.forgetful = forgetful;
    int keys = 2 + random.nextInt(20);
    this.maxKeys = random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(keys);
    this.maxIdle = random.nextInt(4) == 0 ? null : Duration.ofNanos(1 + someNanos());
    this.interval = Duration.ofMillis(20 + random.nextInt(random.nextBoolean() ? 100 : 60_000));
    PerKeyRateLimiter.Builder builder =
        PerKeyRateLimiter.builder().timeSource(world).executor(world);
    if (maxIdle != null) {
      builder.maxIdle(maxIdle).cleanupInterval(interval);
    } else {
      builder.keepIdleKeys();
    }
    if (maxKeys != Long.MAX_VALUE) {
      builder.maxKeys(maxKeys);
    }
    this.limiters =
        forgetful
            ? builder.build(key -> BrokenLimiters.alwaysIdle(make(key)))
            : builder.build(this::make);
    for (int key = 0; key < keys; key++) {
      String name = "key " + key;
      int k = key;
      Promise promise =
          buckets
              ? new WindowPromise(this, name, RATE, CAPACITY, () -> tokens(k))
              : new RoomPromise(this, name, CAPACITY, () -> free(k));
      Book book = new Book(this, name, promise);
      AsyncRateLimiter view = limiters.forKey(key);
      books.add(book);
      clients.add(new Clients(this, view, book, () -> waiters(k), () -> CAPACITY));
    }
    note(keys + " keys, at most " + maxKeys + ", maxIdle " + maxIdle + ", every " + interval);
  }

  static PerKeyScenario ofBuckets(World world) {
    return new PerKeyScenario(world, true, false);
  }

  static PerKeyScenario ofSemaphores(World world) {
    return new PerKeyScenario(world, false, false);
  }

  /** Of limiters that may always be forgotten, by what they say. */
  static PerKeyScenario ofForgetfulBuckets(World world) {
    return new PerKeyScenario(world, true, true);
  }

  /** Of limiters that may always be forgotten, by what they say. */
  static PerKeyScenario ofForgetfulSemaphores(World world) {
    return new PerKeyScenario(world, false, true);
  }

  private RateLimiterBase make(int key) {
    switch (random.nextInt(30)) {
      case 0 -> throw new Crash("a factory that throws");
      case 1 -> throw new Crash.OfMemory();
      case 2 -> {
        if (key > 0) {
          limiters.forKey(key - 1).isIdle();
        }
      }
      case 3 -> {
        if (key > 0) {
          limiters.forKey(key - 1).estimateWait(1); // makes that one
        }
      }
      default -> {}
    }
    RateLimiterBase before = latest.get(key);
    require(forgetful || before == null || before.isIdle(), "key %d has two limiters", key);
    RateLimiterBase made =
        buckets
            ? TokenBucketRateLimiter.builder(RATE)
                .capacity(CAPACITY)
                .timeSource(world)
                .executor(world)
                .build()
            : SemaphoreRateLimiter.builder((int) CAPACITY)
                .timeSource(world)
                .executor(world)
                .build();
    note("key " + key + " is made");
    latest.put(key, made);
    return made;
  }

  private int waiters(int key) {
    RateLimiterBase limiter = latest.get(key);
    return limiter == null ? 0 : limiter.waiters();
  }

  private long tokens(int key) {
    return latest.get(key) instanceof TokenBucketRateLimiter bucket
        ? bucket.availableTokens()
        : CAPACITY;
  }

  private long free(int key) {
    return latest.get(key) instanceof SemaphoreRateLimiter semaphore
        ? semaphore.availablePermits()
        : CAPACITY;
  }

  @Override
  void act() {
    any(clients).act();
  }

  @Override
  void check() {
    require(limiters.size() <= maxKeys, "%d keys, of %d", limiters.size(), maxKeys);
  }

  @Override
  void checkAtRest() {
    for (int key = 0; key < books.size(); key++) {
      books.get(key).atRest(waiters(key));
    }
  }

  @Override
  boolean letGo() {
    boolean some = false;
    for (Clients each : clients) {
      some |= each.letGo();
    }
    return some;
  }

  @Override
  void checkAtEnd() {
    require(clients.stream().allMatch(Clients::holdNothing), "somebody holds something at the end");
    if (maxIdle == null) {
      require(world.timers() == 0, "%d timers without maxIdle", world.timers());
    } else {
      allAreForgotten();
    }
    limiters.close();
    require(limiters.size() == 0, "%d keys once closed", limiters.size());
    require(world.timers() == 0, "%d timers once closed", world.timers());
  }

  /** Per key 3: by then, and a millisecond of rest for each stretch of a walk. */
  private void allAreForgotten() {
    while (world.timersAreLate() && world.moveOn()) {
      world.drain();
    }
    long full = buckets ? Duration.ofSeconds(CAPACITY).toNanos() : 0;
    long end = world.now() + maxIdle.toNanos() + full + interval.toNanos() + 2_000_000;
    while (world.nextRing() <= end && world.moveOn()) {
      world.drain();
    }
    require(limiters.size() == 0, "%d keys are not forgotten in time", limiters.size());
    require(world.timers() == 0, "%d timers for no keys", world.timers());
  }
}
