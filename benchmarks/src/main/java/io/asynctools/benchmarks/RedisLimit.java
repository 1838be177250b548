package io.asynctools.benchmarks;

import java.time.Duration;

/**
 * What a key may do, in each contender's own terms.
 *
 * @param capacity how many permits a fresh key has
 * @param refill how long one of them takes to come back
 * @param redissonPermits the same for Redisson, which counts what was taken in the last interval
 * @param redissonInterval that interval
 */
record RedisLimit(long capacity, Duration refill, long redissonPermits, Duration redissonInterval) {

  /**
   * Every decision is a grant, and no key is ever full again, so that its state is there to be read
   * and written. Redisson keeps an entry for each permit of the last interval, and so does best
   * with a short one.
   */
  static final RedisLimit PLENTY =
      new RedisLimit(1_000_000_000, Duration.ofSeconds(1), 1_000_000, Duration.ofSeconds(1));

  /** A key stays for two minutes after its first permit was taken. */
  static final RedisLimit LASTING =
      new RedisLimit(100, Duration.ofMinutes(2), 100, Duration.ofMinutes(2));
}
