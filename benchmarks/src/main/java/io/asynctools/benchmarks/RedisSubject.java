package io.asynctools.benchmarks;

import io.asynctools.api.LimiterEnvironment;
import java.util.Map;

/** The rows of the Redis tables. */
enum RedisSubject {
  /** What the way to the server and back costs. */
  PING("floor: PING", false) {
    @Override
    RedisContender open(String uri, RedisLimit limit) {
      return new RedisFloors.Ping(uri);
    }

    @Override
    long roundTrips(Map<String, Long> calls) {
      return sum(calls, "ping");
    }
  },

  /** The least that decides on the server: one script, one key, the server's time. */
  BARE("floor: EVALSHA, GCRA", true) {
    @Override
    RedisContender open(String uri, RedisLimit limit) {
      return new RedisFloors.Script(uri, limit);
    }
  },

  OURS("ours", true) {
    @Override
    RedisContender open(String uri, RedisLimit limit) throws InterruptedException {
      return new OurRedis(uri, limit, LimiterEnvironment.system());
    }
  },

  /** Callbacks run on Lettuce's thread, as do those of all the others here. */
  OURS_IN_PLACE("ours, Runnable::run", true) {
    @Override
    RedisContender open(String uri, RedisLimit limit) throws InterruptedException {
      return new OurRedis(uri, limit, LimiterEnvironment.system().withExecutor(Runnable::run));
    }
  },

  REDISSON("Redisson RRateLimiter", true) {
    @Override
    RedisContender open(String uri, RedisLimit limit) {
      return new PeerRedis.OfRedisson(uri, limit);
    }
  },

  BUCKET4J("Bucket4j, Lettuce", true) {
    @Override
    RedisContender open(String uri, RedisLimit limit) {
      return new PeerRedis.OfBucket4j(uri, limit);
    }

    /** It reads the state, then calls a script, which reads it once more. */
    @Override
    long roundTrips(Map<String, Long> calls) {
      return sum(calls, "get");
    }
  };

  final String label;

  /** Whether it keeps something in Redis. */
  final boolean hasKeys;

  RedisSubject(String label, boolean hasKeys) {
    this.label = label;
    this.hasKeys = hasKeys;
  }

  abstract RedisContender open(String uri, RedisLimit limit) throws InterruptedException;

  /**
   * How often it waited for the server, from how often each command was called. What a script calls
   * is counted among them, and is no round trip.
   */
  long roundTrips(Map<String, Long> calls) {
    return sum(calls, "eval", "evalsha");
  }

  private static long sum(Map<String, Long> calls, String... commands) {
    long sum = 0;
    for (String command : commands) {
      sum += calls.getOrDefault(command, 0L);
    }
    return sum;
  }
}
