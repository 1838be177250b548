package io.asynctools.api;

import static java.util.Objects.requireNonNull;

/** Stands for a limiter of many keys that is switched off: one limiter that grants everything. */
final class DisabledKeyedLimiter implements KeyedRateLimiter<Object> {
  private final DisabledLimiter everyKey;
  private final String type;

  DisabledKeyedLimiter(LimiterEnvironment environment, String type) {
    this.everyKey = new DisabledLimiter(environment, type, true);
    this.type = type;
  }

  @Override
  public AsyncRateLimiter forKey(Object key) {
    requireNonNull(key, "key");
    return everyKey;
  }

  @Override
  public void close() {
    everyKey.end();
  }

  @Override
  public String toString() {
    return DisabledLimiter.text("DisabledKeyedLimiter", everyKey.name(), type);
  }
}
