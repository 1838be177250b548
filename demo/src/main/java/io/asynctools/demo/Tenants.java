package io.asynctools.demo;

import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.perkey.PerKeyRateLimiter;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The limit that each API key has for itself.
 *
 * @param limit the limit, by key
 * @param held how many keys it holds
 * @param maxKeys how many it may hold; empty for any number
 */
record Tenants(KeyedRateLimiter<String> limit, LongSupplier held, Optional<Long> maxKeys) {
  /** The limit's name in {@code limits.properties}. */
  static final String NAME = "tenants";

  /** The request header that holds the key. */
  static final String HEADER = "X-Api-Key";

  /** The key that all requests without one share. */
  static final String WITHOUT_KEY = "";

  static Tenants of(Limits limits) {
    KeyedRateLimiter<String> limit = limits.set().keyed(NAME);
    if (!(limit instanceof PerKeyRateLimiter<?, ?> perKey)) {
      throw new LimiterConfigException(
          NAME + ".type must be per-key, was " + limits.text(NAME, "type"));
    }
    return new Tenants(limit, perKey::size, limits.option(NAME, "max-keys").map(Long::valueOf));
  }
}
