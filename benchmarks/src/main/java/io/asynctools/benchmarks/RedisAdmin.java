package io.asynctools.benchmarks;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the server says of itself, on a connection beside the contender's. */
final class RedisAdmin {
  private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");
  private static final Pattern USED = Pattern.compile("used_memory:(\\d+)");

  private final RedisCommands<String, String> redis;

  RedisAdmin(String uri) {
    redis = RedisClient.create(uri).connect().sync();
  }

  void forgetAll() {
    redis.flushall();
  }

  void resetStatistics() {
    redis.configResetstat();
  }

  /** How often each command was called, by clients and by scripts. */
  Map<String, Long> calls() {
    Map<String, Long> calls = new HashMap<>();
    Matcher all = CALLS.matcher(redis.info("commandstats"));
    while (all.find()) {
      calls.put(all.group(1), Long.valueOf(all.group(2)));
    }
    return calls;
  }

  /** All that the server keeps, in bytes. */
  long usedMemory() {
    Matcher used = USED.matcher(redis.info("memory"));
    if (!used.find()) {
      throw new IllegalStateException("the server does not say what memory it uses");
    }
    return Long.parseLong(used.group(1));
  }

  long keys() {
    return redis.dbsize();
  }

  /** Whether a key, whichever, will leave by itself. */
  boolean expires() {
    return redis.pttl(redis.randomkey()) >= 0;
  }

  /** What all keys take, by the server's own count, in bytes. */
  long memoryOfKeys() {
    long sum = 0;
    KeyScanCursor<String> cursor = redis.scan(ScanArgs.Builder.limit(1_000));
    while (true) {
      for (String key : cursor.getKeys()) {
        sum += redis.memoryUsage(key);
      }
      if (cursor.isFinished()) {
        return sum;
      }
      cursor = redis.scan(cursor, ScanArgs.Builder.limit(1_000));
    }
  }
}
