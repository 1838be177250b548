package io.asynctools.benchmarks;

import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Ours, made by its name. While Redis does not answer it refuses, so no other grant is counted. */
final class OurRedis implements RedisContender {
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

  private final KeyedRateLimiter<String> limits;

  /** Connects in the background, and is first asked when it has. */
  OurRedis(String uri, RedisLimit limit, LimiterEnvironment environment)
      throws InterruptedException {
    limits =
        Limiters.keyed(
            "redis-token-bucket",
            Map.ofEntries(
                Map.entry("redis.uri", uri),
                Map.entry("rate", "1/" + limit.refill().toSeconds() + "s"),
                Map.entry("capacity", String.valueOf(limit.capacity())),
                Map.entry("on-failure", "closed"),
                Map.entry("command-timeout", "10s")), // a stall of the machine is no outage
            environment);
    long start = System.nanoTime();
    while (!decide("the first").join()) {
      if (System.nanoTime() - start > LONGEST_CONNECT.toNanos()) {
        throw new IllegalStateException("ours did not come to Redis at " + uri);
      }
      Thread.sleep(50);
    }
  }

  @Override
  public CompletableFuture<Boolean> decide(String key) {
    return limits.forKey(key).acquire(1, Duration.ZERO).handle((permit, refusal) -> permit != null);
  }
}
