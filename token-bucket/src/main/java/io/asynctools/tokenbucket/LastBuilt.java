package io.asynctools.tokenbucket;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.spi.LimiterSettings;
import org.jspecify.annotations.Nullable;

/**
 * What the last bucket was built with, for the next that is built alike: the buckets of many keys
 * then share it, though a factory builds each from scratch. Both are immutable, and a race for a
 * slot only costs a copy. Settings are kept only if they are the system's but for their bounds, so
 * that nobody's clock, executor or name is.
 */
final class LastBuilt {
  private static volatile @Nullable BucketRule rule;
  private static volatile @Nullable LimiterSettings settings;

  private LastBuilt() {}

  static BucketRule rule(BucketConfig config) {
    BucketRule last = rule;
    if (last != null && last.isBuiltWith(config)) {
      return last;
    }
    BucketRule made = new BucketRule(config);
    rule = made;
    return made;
  }

  static LimiterSettings settings(LimiterSettings wanted) {
    LimiterSettings last = settings;
    if (last != null && wanted.equals(last)) {
      return last;
    }
    LimiterEnvironment system = LimiterEnvironment.system();
    if (wanted.timeSource() == system.timeSource()
        && wanted.executor() == system.executor()
        && wanted.name().equals(TokenBucketProvider.NAME)) {
      settings = wanted;
    }
    return wanted;
  }
}
