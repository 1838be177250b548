package io.asynctools.redis;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** What a bucket on Redis is built with, beside its rate and where Redis is; checked. */
record RedisConfig(
    String keyPrefix, OnFailure onFailure, double localShare, Duration commandTimeout) {
  private static final Duration LONGEST = Duration.ofDays(1);

  RedisConfig {
    requireNonNull(keyPrefix, "keyPrefix");
    requireNonNull(onFailure, "onFailure");
    requireNonNull(commandTimeout, "commandTimeout");
    if (!(localShare > 0 && localShare <= 1)) {
      throw new IllegalArgumentException(
          "localShare must be above 0 and at most 1, was " + localShare);
    }
    if (commandTimeout.isNegative() || commandTimeout.isZero()) {
      throw new IllegalArgumentException("commandTimeout must be positive, was " + commandTimeout);
    }
    if (commandTimeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "commandTimeout must be at most a day, was " + commandTimeout);
    }
  }
}
