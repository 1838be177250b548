package io.asynctools.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.concurrent.CompletableFuture;

/** What a decision by Lettuce costs at the least. */
final class RedisFloors {

  /** No decision at all. */
  static final class Ping implements RedisContender {
    private final RedisAsyncCommands<String, String> redis;

    Ping(String uri) {
      redis = RedisClient.create(uri).connect().async();
    }

    @Override
    public CompletableFuture<Boolean> decide(String key) {
      return redis.ping().thenApply("PONG"::equals).toCompletableFuture();
    }
  }

  /**
   * A decision and nothing else: nobody waits in line, nothing is given back, no failure is met.
   * The generic cell rate algorithm on one number, the instant at which the bucket is full again.
   */
  static final class Script implements RedisContender {
    private static final String GCRA =
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + tonumber(ARGV[1])
        if full - now > tonumber(ARGV[2]) then
          return 0
        end
        redis.call('SET', KEYS[1], string.format('%.0f', full),
          'PXAT', string.format('%.0f', math.ceil(full / 1000)))
        return 1
        """;

    private final RedisAsyncCommands<String, String> redis;
    private final String sha;
    private final String costMicros;
    private final String capacityMicros;

    Script(String uri, RedisLimit limit) {
      redis = RedisClient.create(uri).connect().async();
      sha = redis.scriptLoad(GCRA).toCompletableFuture().join();
      long cost = limit.refill().toNanos() / 1_000;
      costMicros = String.valueOf(cost);
      capacityMicros = String.valueOf(Math.multiplyExact(cost, limit.capacity()));
    }

    @Override
    public CompletableFuture<Boolean> decide(String key) {
      return redis
          .<Long>evalsha(
              sha, ScriptOutputType.INTEGER, new String[] {key}, costMicros, capacityMicros)
          .thenApply(granted -> granted == 1)
          .toCompletableFuture();
    }
  }

  private RedisFloors() {}
}
