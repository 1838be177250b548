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

  final ManualTime time = new ManualTime(-17);
  final FakeRedis redis;
  final KeyLimiter limiter;
  final Shared shared;

  Fixture(String rate, long capacity, OnFailure onFailure) {
    this(rate, capacity, onFailure, 1);
  }

  Fixture(String rate, long capacity, OnFailure onFailure, double localShare) {
    ExactRate exact = new ExactRate(Rate.parse(rate), capacity);
    this.redis = new FakeRedis(time, exact);
    this.shared =
        shared(
            new LimiterSettings("limits", time, time, null, 1_000),
            exact,
            redis,
            time,
            new RedisConfig("p:", onFailure, localShare, TIMEOUT));
    this.limiter = new KeyLimiter(shared, "key");
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
