package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Rate;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisCluster;
import io.asynctools.redis.server.RedisServerProcess;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Cluster of three masters, where all is well. */
@Tag("integration")
class ClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static RedisCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = RedisCluster.start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  static RedisTokenBucket.Builder builder(OnFailure mode) {
    return RedisTokenBucket.builder(Rate.parse("1/h")).capacity(10).onFailure(mode);
  }

  /** Keys that nobody has used, all of one master. */
  static List<String> keysOf(RedisCluster cluster, RedisServerProcess master) throws Exception {
    List<String> keys = new ArrayList<>();
    for (int i = 0; keys.size() < 8; i++) {
      String key = "new " + i;
      if (cluster.masterOf("async-tools:" + key) == master) {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void keysAreSharedOnEveryMaster() throws Exception {
    try (RedisTokenBucket one = shared();
        RedisTokenBucket two = shared()) {
      Set<RedisServerProcess> used = new HashSet<>();
      for (int i = 0; i < 12; i++) {
        String key = "key " + i;
        RedisServerProcess master = cluster.masterOf("async-tools:" + key);
        used.add(master);
        assertThat(Caller.tries(one.forKey(key), 4).isGranted()).as(key).isTrue();
        assertThat(Caller.takeAll(two.forKey(key))).as(key).isEqualTo(6);
        assertThat(master.command("EXISTS", "async-tools:" + key)).isEqualTo(1L);
      }
      assertThat(used).containsExactlyInAnyOrderElementsOf(cluster.masters());
    }
  }

  private static RedisTokenBucket shared() {
    return builder(OnFailure.CLOSED)
        .uri(cluster.uri())
        .cluster(true)
        .commandTimeout(PATIENCE)
        .build();
  }

  @Test
  void aConnectionOfTheUsersOwnStaysOpen() throws Exception {
    RedisClusterClient client = RedisClusterClient.create(cluster.uri());
    try (StatefulRedisClusterConnection<String, String> connection = client.connect()) {
      RedisTokenBucket bucket =
          builder(OnFailure.CLOSED).connection(connection).commandTimeout(PATIENCE).build();
      for (int i = 0; i < 10; i++) {
        assertThat(Caller.takeAll(bucket.forKey("own " + i))).isEqualTo(10);
      }
      bucket.close();
      assertThat(connection.isOpen()).isTrue();
      assertThat(connection.sync().ping()).isEqualTo("PONG");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  @Test
  void itEndsEveryThread() throws Exception {
    NewThreads threads = new NewThreads();
    try (RedisTokenBucket bucket = shared()) {
      assertThat(Caller.tries(bucket.forKey("thread")).isGranted()).isTrue();
    }
    threads.end();
  }

  @Test
  void aServerThatIsNoClusterIsAnError() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = builder(OnFailure.OPEN).uri(server.uri()).cluster(true).build()) {
      Eventually.within(10, "an error", () -> isConfigError(Caller.tries(bucket.forKey("key"))));
    }
  }

  @Test
  void aClusterWhereAServerWasNamedIsAnError() throws Exception {
    try (RedisTokenBucket bucket = builder(OnFailure.OPEN).uri(cluster.uri()).build()) {
      String elsewhere = keysOf(cluster, cluster.masters().get(1)).get(0);
      Eventually.within(
          10, "an error", () -> isConfigError(Caller.tries(bucket.forKey(elsewhere))));
    }
  }

  private static boolean isConfigError(Caller caller) throws Exception {
    return caller.hasAnswer().error() instanceof LimiterConfigException e
        && e.getMessage().contains("cluster")
        && e.getMessage().contains("redis.uri");
  }
}
