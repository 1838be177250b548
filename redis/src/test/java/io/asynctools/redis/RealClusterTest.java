package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What happens to one master of a Cluster is no matter for the keys of the others.
 *
 * <p>Promises: Redis 7.
 */
@Tag("integration")
@Timeout(120)
class RealClusterTest {
  private List<RedisProcess> nodes = List.of();

  @BeforeEach
  void start() throws Exception {
    nodes = RedisProcess.cluster(RedisProcess.embedded(), 3);
  }

  @AfterEach
  void stop() {
    nodes.forEach(RedisProcess::close);
  }

  private RedisTokenBucket.Builder builder(String rate) {
    return RedisTokenBucket.builder(Rate.parse(rate))
        .uri("redis://127.0.0.1:" + nodes.get(0).port + ",127.0.0.1:" + nodes.get(1).port)
        .cluster(true)
        .commandTimeout(Duration.ofSeconds(30)); // the machine may be busy
  }

  private static int master(String key) {
    return SlotHash.getSlot("async-tools:" + key) * 3 / 16_384;
  }

  private static List<String> keysOf(int master, int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; keys.size() < count; i++) {
      if (master("key-" + i) == master) {
        keys.add("key-" + i);
      }
    }
    return keys;
  }

  @Test
  void everyKeyIsDecidedByItsMaster() throws Exception {
    try (RedisTokenBucket limits = builder("1/d").capacity(3).build()) {
      limits.ready().get(30, TimeUnit.SECONDS);
      for (int i = 0; i < 100; i++) {
        AsyncRateLimiter limiter = limits.forKey("key-" + i);
        for (int n = 0; n < 4; n++) {
          int number = n;
          Boolean granted =
              limiter.acquire(1, Duration.ZERO).handle((permit, error) -> error == null).get();
          assertThat(granted).as("key %d, try %d", i, n).isEqualTo(number < 3);
        }
      }
      assertThat(limits.toString()).contains("mode=SHARED");
      for (RedisProcess node : nodes) {
        assertThat(node.connections()).isGreaterThanOrEqualTo(1);
      }
    }
  }

  @Test
  void aSlotThatHasMovedIsFound() throws Exception {
    try (RedisTokenBucket limits = builder("1/d").capacity(3).build()) {
      limits.ready().get(30, TimeUnit.SECONDS);
      String key = keysOf(0, 1).get(0);
      assertThat(limits.forKey(key).acquire(1, Duration.ZERO).get(10, TimeUnit.SECONDS))
          .isNotNull();
      int slot = SlotHash.getSlot("async-tools:" + key);
      String from = nodes.get(0).command("CLUSTER MYID").lines().toList().get(1);
      String to = nodes.get(1).command("CLUSTER MYID").lines().toList().get(1);
      nodes.get(1).command("CLUSTER SETSLOT " + slot + " IMPORTING " + from);
      nodes.get(0).command("CLUSTER SETSLOT " + slot + " MIGRATING " + to);
      nodes
          .get(0)
          .command("MIGRATE 127.0.0.1 " + nodes.get(1).port + " async-tools:" + key + " 0 5000");
      assertThat(nodes.get(0).command("GET async-tools:" + key)).startsWith("-ASK");
      assertThat(limits.forKey(key).acquire(1, Duration.ZERO).get(10, TimeUnit.SECONDS))
          .as("while it moves")
          .isNotNull();
      nodes.get(1).command("CLUSTER SETSLOT " + slot + " NODE " + to);
      nodes.get(0).command("CLUSTER SETSLOT " + slot + " NODE " + to);
      assertThat(limits.forKey(key).acquire(1, Duration.ZERO).get(10, TimeUnit.SECONDS))
          .as("after it has moved")
          .isNotNull();
      assertThat(limits.forKey(key).acquire(1, Duration.ZERO).handle((p, e) -> e).get())
          .as("it is the same bucket")
          .isNotNull();
      assertThat(limits.toString()).contains("mode=SHARED");
    }
  }

  /** One of three masters stopped: grants on the others fell from 800 in 2 s to nearly none. */
  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "OPEN, killed",
    "CLOSED, killed",
    "LOCAL, killed",
    "OPEN, hung",
    "CLOSED, hung",
    "LOCAL, hung"
  })
  void theOthersKeysKeepTheirGrants(OnFailure mode, String how) throws Exception {
    // of each master 20 keys, each asked for 40 times a second and granted 20 times a second
    try (RedisTokenBucket limits =
        builder("20/s").capacity(2).onFailure(mode).commandTimeout(Duration.ofSeconds(1)).build()) {
      limits.ready().get(30, TimeUnit.SECONDS);
      AtomicLong[] granted = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
      load(limits, new AtomicLong[] {new AtomicLong(), new AtomicLong(), new AtomicLong()}, 2);
      long before = load(limits, granted, 4);
      assertThat(before).isPositive();
      if (how.equals("killed")) {
        nodes.get(2).kill();
      } else {
        nodes.get(2).hang();
      }
      AtomicLong[] during = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
      load(limits, during, 10);
      long healthyBefore = granted[0].get() + granted[1].get();
      long healthyDuring = during[0].get() + during[1].get();
      System.out.printf(
          "%s %s: healthy %d in 4 s, then %d in 10 s; the third %d, then %d%n",
          mode, how, healthyBefore, healthyDuring, granted[2].get(), during[2].get());
      assertThat(healthyDuring).as("of 40 keys, 20 a second each").isGreaterThan(7_600);
      assertThat(limits.toString()).contains(mode + " (1 of 3 nodes)");
    }
  }

  private static long load(RedisTokenBucket limits, AtomicLong[] granted, int seconds) {
    List<List<AsyncRateLimiter>> all = new ArrayList<>();
    for (int master = 0; master < 3; master++) {
      all.add(keysOf(master, 20).stream().map(limits::forKey).toList());
    }
    long start = System.nanoTime();
    for (int tick = 0; tick < seconds * 40; tick++) {
      for (int master = 0; master < 3; master++) {
        AtomicLong count = granted[master];
        for (AsyncRateLimiter limiter : all.get(master)) {
          limiter.acquire(1, Duration.ZERO).thenRun(count::incrementAndGet);
        }
      }
      long next = start + (tick + 1) * 25_000_000L;
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
    return granted[0].get();
  }
}
