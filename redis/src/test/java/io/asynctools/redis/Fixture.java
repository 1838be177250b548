package io.asynctools.redis;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The limiter of one key, over a Redis that is not there, on manual time. */
final class Fixture {
  static final Duration TIMEOUT = Duration.ofMillis(250);

  final ManualTime time;
  final Plan plan;
  final FakeRedis redis;
  final KeyLimiter limiter;
  final Shared shared;

  Fixture(String rate, long capacity, OnFailure onFailure) {
    this(rate, capacity, onFailure, 1);
  }

  Fixture(String rate, long capacity, OnFailure onFailure, double localShare) {
    ExactRate exact = new ExactRate(Rate.parse(rate), capacity);
    this.time = new ManualTime(-17);
    this.plan = new Plan(exact, exact.share(localShare));
    this.redis = new FakeRedis(time, plan);
    this.shared = shared(plan, onFailure, localShare);
    this.limiter = new KeyLimiter(shared, "key");
  }

  private Fixture(Fixture first, Plan plan) {
    this.time = first.time;
    this.plan = plan;
    this.redis = first.redis;
    this.shared = shared(plan, OnFailure.LOCAL, 1);
    this.limiter = new KeyLimiter(shared, "key");
  }

  /** Another JVM that uses the same Redis, with a limit of its own. */
  Fixture beside(Plan other) {
    redis.knowsAll(other, plan);
    return new Fixture(this, other);
  }

  private Shared shared(Plan limit, OnFailure onFailure, double localShare) {
    LimiterSettings settings = new LimiterSettings("limits", time, time, null, 1_000);
    return new Shared(
        new RedisConfig("p:", onFailure, localShare, TIMEOUT),
        settings,
        new Plans(settings.name(), limit, localShare, null),
        redis,
        new Timeouts(time, TIMEOUT.toNanos(), any -> 0));
  }

  static KeyLimiter limiter(
      LimiterSettings settings, ExactRate rate, Scripts scripts, TimeSource timeouts) {
    RedisConfig config = new RedisConfig("p:", OnFailure.LOCAL, 1, TIMEOUT);
    return new KeyLimiter(shared(settings, rate, scripts, timeouts, config), "key");
  }

  private static Shared shared(
      LimiterSettings settings,
      ExactRate rate,
      Scripts scripts,
      TimeSource timeouts,
      RedisConfig config) {
    return new Shared(
        config,
        settings,
        new Plans(
            settings.name(),
            new Plan(rate, rate.share(config.localShare())),
            config.localShare(),
            null),
        scripts,
        new Timeouts(timeouts, TIMEOUT.toNanos(), now -> 0));
  }

  /** Asks, and lets the answer come. */
  CompletableFuture<Permit> asked(long permits) {
    CompletableFuture<Permit> permit = limiter.acquire(permits);
    time.runTasks();
    return permit;
  }

  /** The try; true if it was granted. */
  boolean tried(long permits) {
    CompletableFuture<Permit> permit = limiter.acquire(permits, Duration.ZERO);
    time.runTasks();
    return granted(permit);
  }

  /** How many single permits there are now. */
  int left() {
    int granted = 0;
    while (tried(1)) {
      granted++;
    }
    return granted;
  }

  static boolean granted(CompletableFuture<?> future) {
    return future.isDone() && !future.isCompletedExceptionally();
  }
}
