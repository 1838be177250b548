package io.asynctools.redis;

import io.asynctools.api.spi.LimiterSettings;

/** What the limiters of all keys have in common. */
final class Shared {
  final RedisConfig config;
  final LimiterSettings settings;
  final Plans plans;
  final Scripts scripts;
  final Health health;
  final Timeouts timeouts;
  final long timeoutNanos;
  final long born;

  Shared(
      RedisConfig config,
      LimiterSettings settings,
      Plans plans,
      Scripts scripts,
      Timeouts timeouts) {
    this.config = config;
    this.settings = settings;
    this.plans = plans;
    this.scripts = scripts;
    this.timeoutNanos = config.commandTimeout().toNanos();
    this.born = settings.timeSource().nanoTime();
    this.health =
        new Health(settings.name(), settings.timeSource(), config.commandTimeout(), scripts::doubt);
    this.timeouts = timeouts;
  }

  void send(ScriptCall call) {
    timeouts.watch(call);
    scripts.send(call);
  }

  void close() {
    health.close();
    scripts.close();
    timeouts.close();
  }
}
