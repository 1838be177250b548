package io.asynctools.benchmarks;

import java.util.Map;

/**
 * What was measured of those who decide in Redis.
 *
 * @param hot one key
 * @param many ten thousand, a random one each time
 * @param few bytes a key, by the server's count
 * @param huge a million keys, where that was asked for
 */
record RedisFigures(
    Map<RedisSubject, RedisLoad.Figures> hot,
    Map<RedisSubject, RedisLoad.Figures> many,
    Map<RedisSubject, RedisMemory.Few> few,
    Map<RedisSubject, RedisMemory.Many> huge) {
  static final RedisFigures NONE = new RedisFigures(Map.of(), Map.of(), Map.of(), Map.of());

  boolean isMeasured() {
    return !hot.isEmpty();
  }

  /** How many times as many decisions on one hot key; NaN if either was not measured. */
  double hotRatio(RedisSubject subject, RedisSubject other) {
    return ratio(hot, subject, other);
  }

  /** How many times as many on many keys. */
  double manyRatio(RedisSubject subject, RedisSubject other) {
    return ratio(many, subject, other);
  }

  private static double ratio(
      Map<RedisSubject, RedisLoad.Figures> figures, RedisSubject subject, RedisSubject other) {
    RedisLoad.Figures none = RedisLoad.Figures.NONE;
    return figures.getOrDefault(subject, none).perSecond()
        / figures.getOrDefault(other, none).perSecond();
  }
}
