package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisCluster;
import io.asynctools.redis.server.RedisServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A Cluster of three masters. */
@Tag("integration")
class ClusterTest {
  private static final Duration TIMEOUT = Duration.ofMillis(250);

  private static RedisTokenBucket bucket(String uri, OnFailure mode) {
    return RedisTokenBucket.builder(Rate.parse("1/h"))
        .uri(uri)
        .cluster(true)
        .capacity(10)
        .onFailure(mode)
        .commandTimeout(TIMEOUT)
        .build();
  }

  @Test
  void keysAreSharedOnEveryMasterAndADeadOneTakesOnlyItsOwnWithIt() throws Exception {
    try (RedisCluster cluster = RedisCluster.start("cluster-require-full-coverage", "no");
        RedisTokenBucket one = bucket(cluster.uri(), OnFailure.CLOSED);
        RedisTokenBucket two = bucket(cluster.uri(), OnFailure.CLOSED)) {
      Caller.takesFirst(one.forKey("first"));
      Caller.takesFirst(two.forKey("first"));
      Set<RedisServerProcess> used = new HashSet<>();
      for (int i = 0; i < 12; i++) {
        String key = "key " + i;
        RedisServerProcess master = cluster.masterOf("async-tools:" + key);
        used.add(master);
        one.forKey(key).acquire(4).get(10, TimeUnit.SECONDS);
        assertThat(Caller.takeAll(two.forKey(key))).as(key).isEqualTo(6);
        assertThat(master.command("EXISTS", "async-tools:" + key)).isEqualTo(1L);
      }
      assertThat(used).containsExactlyInAnyOrderElementsOf(cluster.masters());

      RedisServerProcess dead = cluster.masters().get(2);
      List<String> onDead = keysOf(cluster, dead);
      List<String> onOthers = keysOf(cluster, cluster.masters().get(0));
      dead.kill();
      long slowest = 0;
      try (Hiccups hiccups = new Hiccups()) {
        for (String key : onDead) {
          Caller caller = Caller.tries(one.forKey(key)).hasAnswer();
          assertThat(caller.error()).as(key).isInstanceOf(RateLimitExceededException.class);
          slowest = Math.max(slowest, caller.nanos());
          // The others answer meanwhile, so the dead one is no reason to give up on all.
          assertThat(Caller.tries(two.forKey(onOthers.get(0))).hasAnswer().nanos())
              .isLessThan(TIMEOUT.plusMillis(50).toNanos() + hiccups.longestNanos());
        }
        System.out.printf("a dead master: slowest answer %.1f ms%n", slowest / 1e6);
        assertThat(slowest)
            .isLessThanOrEqualTo(TIMEOUT.plusMillis(50).toNanos() + hiccups.longestNanos());
      }
      Eventually.within(
          10,
          "shared limits on the masters that live",
          () -> Caller.tries(two.forKey(onOthers.get(1))).isGranted());

      dead.restart();
      Eventually.within(
          20,
          "the Cluster",
          () ->
              dead.command("CLUSTER", "INFO").toString().contains("cluster_state:ok")
                  && dead.command("CLUSTER", "INFO").toString().contains("cluster_known_nodes:3"));
      long back =
          Eventually.within(
              30,
              "shared limits on the master that came back",
              () ->
                  Caller.tries(one.forKey(onDead.get(0))).isGranted()
                      && dead.command("EXISTS", "async-tools:" + onDead.get(0)).equals(1L));
      System.out.printf("a dead master: shared again %d ms later%n", back);
    }
  }

  /** Keys that nobody has used, all of one master. */
  private static List<String> keysOf(RedisCluster cluster, RedisServerProcess master)
      throws Exception {
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
  void aClusterThatIsDownIsAFailureLikeAnyOther() throws Exception {
    try (RedisCluster cluster = RedisCluster.start("cluster-require-full-coverage", "yes");
        RedisTokenBucket open = bucket(cluster.uri(), OnFailure.OPEN);
        RedisTokenBucket closed = bucket(cluster.uri(), OnFailure.CLOSED)) {
      List<String> keys = keysOf(cluster, cluster.masters().get(0));
      Caller.takesFirst(open.forKey(keys.get(0)));
      Caller.takesFirst(closed.forKey(keys.get(0)));
      cluster.masters().get(1).kill();
      cluster.masters().get(2).pause();
      // The master of these keys lives, and says CLUSTERDOWN as soon as it has noticed.
      Eventually.within(
          10,
          "the Cluster's end",
          () ->
              cluster
                  .masters()
                  .get(0)
                  .command("CLUSTER", "INFO")
                  .toString()
                  .contains("cluster_state:fail"));
      for (String key : keys) {
        assertThat(Caller.tries(open.forKey(key)).isGranted()).isTrue();
        assertThat(Caller.tries(closed.forKey(key)).hasAnswer().error())
            .isInstanceOf(RateLimitExceededException.class);
      }
    }
  }

  @Test
  void aServerThatIsNoClusterIsAnError() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), OnFailure.OPEN)) {
      Caller caller = Caller.tries(bucket.forKey("key")).hasAnswer();
      System.out.println("cluster(true) and a single server: " + caller.error());
    }
  }
}
