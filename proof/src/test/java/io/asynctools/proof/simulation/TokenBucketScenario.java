package io.asynctools.proof.simulation;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** One bucket, its rate and capacity changed now and then. */
final class TokenBucketScenario extends Scenario {
  private final TokenBucketRateLimiter bucket;
  private final WindowPromise promise;
  private final Book book;
  private final Clients clients;
  private final boolean changes;
  private long capacity;

  TokenBucketScenario(World world) {
    this(world, UnaryOperator.identity());
  }

  /** What the clients use is the bucket, broken in some way. */
  TokenBucketScenario(World world, UnaryOperator<AsyncRateLimiter> breakage) {
    super(world);
    Rate rate = someRate();
    this.capacity = 1 + random.nextInt(random.nextBoolean() ? 3 : 200);
    this.changes = random.nextBoolean();
    long initial = random.nextInt((int) capacity + 1);
    this.bucket =
        TokenBucketRateLimiter.builder(rate)
            .capacity(capacity)
            .initialTokens(initial)
            .timeSource(world)
            .executor(world)
            .maxWaiters(random.nextInt(4) == 0 ? 20 : 1_000)
            .build();
    this.promise = new WindowPromise(this, "bucket", rate, capacity, bucket::availableTokens);
    if (world.weather().equals(Weather.FINE)) { // else a grant may be on its way for too long
      promise.began(initial);
    }
    this.book = new Book(this, "bucket", promise);
    this.clients = new Clients(this, breakage.apply(bucket), book, bucket::waiters, () -> capacity);
    note("a bucket of " + rate + ", capacity " + capacity);
  }

  private Rate someRate() {
    return switch (random.nextInt(6)) {
      case 0 -> new Rate(1 + random.nextInt(1_000), Duration.ofSeconds(1));
      case 1 -> new Rate(999_999_937, Duration.ofSeconds(1));
      case 2 -> new Rate(3, Duration.ofSeconds(7));
      case 3 -> new Rate(1_000_000_000, Duration.ofSeconds(1));
      case 4 -> new Rate(100, Duration.ofDays(1));
      default -> new Rate(10, Duration.ofSeconds(1));
    };
  }

  @Override
  void act() {
    if (changes && random.nextInt(300) == 0) {
      Rate rate = someRate();
      capacity = 1 + random.nextInt(100);
      note("reconfigured to " + rate + ", capacity " + capacity);
      promise.set(rate, capacity);
      bucket.reconfigure(rate, capacity);
    } else {
      clients.act();
    }
  }

  @Override
  void checkAtRest() {
    book.atRest(bucket.waiters());
  }

  @Override
  boolean letGo() {
    return clients.letGo();
  }

  @Override
  void checkAtEnd() {
    require(clients.holdNothing(), "somebody holds something at the end");
    require(bucket.waiters() == 0, "%d wait at the end", bucket.waiters());
    require(world.timers() == 0, "%d timers at the end", world.timers());
  }
}
