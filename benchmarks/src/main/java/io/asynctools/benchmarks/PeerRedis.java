package io.asynctools.benchmarks;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.AsyncProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.redisson.Redisson;
import org.redisson.api.RRateLimiter;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** The peers on Redis, set up as their manuals say, but for one connection. */
final class PeerRedis {

  /** A script a decision, over a sorted set of the permits taken in the last interval. */
  static final class OfRedisson implements RedisContender {
    private final RedissonClient redisson;
    private final RedisLimit limit;

    OfRedisson(String uri, RedisLimit limit) {
      this.limit = limit;
      Config config = new Config();
      config
          .useSingleServer()
          .setAddress(uri)
          .setConnectionPoolSize(1)
          .setConnectionMinimumIdleSize(1)
          .setSubscriptionConnectionPoolSize(1)
          .setSubscriptionConnectionMinimumIdleSize(1);
      redisson = Redisson.create(config);
    }

    @Override
    public CompletableFuture<?> prepare(String key) {
      return limiter(key)
          .trySetRateAsync(RateType.OVERALL, limit.redissonPermits(), limit.redissonInterval())
          .toCompletableFuture();
    }

    @Override
    public CompletableFuture<Boolean> decide(String key) {
      return limiter(key).tryAcquireAsync().toCompletableFuture();
    }

    private RRateLimiter limiter(String key) {
      return redisson.getRateLimiter(key);
    }
  }

  /** Reads the state, decides here, and writes it if nobody else has meanwhile. */
  static final class OfBucket4j implements RedisContender {
    private final AsyncProxyManager<String> buckets;
    private final BucketConfiguration limit;

    OfBucket4j(String uri, RedisLimit limit) {
      this.limit =
          BucketConfiguration.builder()
              .addLimit(l -> l.capacity(limit.capacity()).refillGreedy(1, limit.refill()))
              .build();
      buckets =
          Bucket4jLettuce.casBasedBuilder(
                  RedisClient.create(uri)
                      .connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
              .expirationAfterWrite(
                  ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ZERO))
              .build()
              .asAsync();
    }

    @Override
    public CompletableFuture<Boolean> decide(String key) {
      return buckets
          .builder()
          .build(key, () -> CompletableFuture.completedFuture(limit))
          .tryConsume(1);
    }
  }

  private PeerRedis() {}
}
