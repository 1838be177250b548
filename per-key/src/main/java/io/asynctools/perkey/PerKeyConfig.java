package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a limiter of many keys is built with, checked.
 *
 * @param maxIdle null for never
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

  private static void positive(String option, @Nullable Duration value) {
    if (value != null && (value.isNegative() || value.isZero())) {
      throw new IllegalArgumentException(
          option
              + " must be positive, was "
              + value
              + (option.equals("maxIdle") ? "; leave it out to forget no key" : ""));
    }
  }
}
