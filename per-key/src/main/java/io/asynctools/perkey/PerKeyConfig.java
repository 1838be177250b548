package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.ConfigOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a limiter of many keys is built with, checked.
 *
 * @param maxIdle null to keep idle keys
 * @param maxKeys null for no bound
 */
record PerKeyConfig(@Nullable Duration maxIdle, Duration cleanupInterval, @Nullable Long maxKeys) {

  PerKeyConfig {
    positive("maxIdle", maxIdle);
    positive("cleanupInterval", requireNonNull(cleanupInterval, "cleanupInterval"));
    if (maxKeys != null && maxKeys < 1) {
      throw new IllegalArgumentException("maxKeys must be at least 1, was " + maxKeys);
    }
  }

  /**
   * The configuration from what was given, null for what was not.
   *
   * @throws IllegalArgumentException if an option is out of range, or has no effect beside another
   */
  static PerKeyConfig of(
      @Nullable Duration maxIdle,
      @Nullable Duration cleanupInterval,
      boolean keepIdleKeys,
      @Nullable Long maxKeys) {
    Duration interval = orDefault(cleanupInterval, PerKeyProvider.CLEANUP_INTERVAL);
    if (!keepIdleKeys) {
      return new PerKeyConfig(orDefault(maxIdle, PerKeyProvider.MAX_IDLE), interval, maxKeys);
    }
    noEffect("maxIdle", maxIdle);
    noEffect("cleanupInterval", cleanupInterval);
    return new PerKeyConfig(null, interval, maxKeys);
  }

  private static Duration orDefault(@Nullable Duration given, ConfigOption<Duration> option) {
    return given == null ? requireNonNull(option.defaultValue()) : given;
  }

  private static void noEffect(String option, @Nullable Duration value) {
    if (value != null) {
      throw new IllegalArgumentException(
          option
              + " has no effect beside keepIdleKeys, was "
              + value
              + "; leave one of the two out");
    }
  }

  private static void positive(String option, @Nullable Duration value) {
    if (value != null && (value.isNegative() || value.isZero())) {
      throw new IllegalArgumentException(
          option
              + " must be positive, was "
              + value
              + (option.equals("maxIdle") ? "; to evict no idle key, use keepIdleKeys" : ""));
    }
  }
}
