package io.asynctools.redis;

import io.asynctools.api.spi.LimiterSettings;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What the limiters of all keys have in common. */
final class Shared {
  final RedisConfig config;
  final LimiterSettings settings;
  final Plans plans;
  final Scripts scripts;
  private final Health health; // of the only server, or of a Cluster of which nothing is known
  private final ConcurrentHashMap<String, Health> nodes = new ConcurrentHashMap<>();
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
    this.health = newHealth("");
    this.timeouts = timeouts;
  }

  private Health newHealth(String node) {
    return new Health(
        settings.name(),
        node,
        config.onFailure(),
        settings.timeSource(),
        config.commandTimeout(),
        () -> scripts.doubt(node));
  }

  /**
   * Returns the health of the node that decides for a key now: one node's outage is no reason not
   * to ask another.
   *
   * @param slot see {@link Scripts#slotOf}
   */
  Health health(int slot) {
    String node = scripts.nodeOf(slot);
    return node.isEmpty() ? health : nodes.computeIfAbsent(node, this::newHealth);
  }

  /** Returns what decides now, in a few words. */
  String mode() {
    if (nodes.isEmpty()) {
      return health.mode();
    }
    List<String> others =
        nodes.values().stream().map(Health::mode).filter(mode -> !mode.equals("SHARED")).toList();
    return others.isEmpty()
        ? "SHARED"
        : others.get(0) + " (" + others.size() + " of " + nodes.size() + " nodes)";
  }

  void send(ScriptCall call) {
    timeouts.watch(call);
    scripts.send(call);
  }

  /** Completes when the connection is gone, if nobody else uses it; never fails. */
  CompletableFuture<?> close() {
    health.close();
    nodes.values().forEach(Health::close);
    timeouts.close();
    return scripts.close();
  }
}
