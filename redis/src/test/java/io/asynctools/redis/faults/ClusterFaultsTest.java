package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.RateLimitExceededException;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisCluster;
import io.asynctools.redis.server.RedisServerProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A Cluster of which one master dies: its keys have their answer in time and come back with it; the
 * other masters' keys stay shared. Then a Cluster that gives itself up for that, which is an outage
 * of all of it.
 */
@Tag("integration")
class ClusterFaultsTest {
  private static final Duration TIMEOUT = Duration.ofMillis(250);
  private static final long PROMISED_NANOS = TIMEOUT.plusMillis(50).toNanos();

  private static RedisTokenBucket bucket(RedisCluster cluster, OnFailure mode) {
    return ClusterTest.builder(mode)
        .uri(cluster.uri())
        .cluster(true)
        .commandTimeout(TIMEOUT)
        .build();
  }

  @Test
  void aDeadMasterIsAnsweredForInTimeAndComesBack() throws Exception {
    try (RedisCluster cluster = RedisCluster.start("cluster-require-full-coverage", "no");
        RedisTokenBucket closed = bucket(cluster, OnFailure.CLOSED);
        RedisTokenBucket open = bucket(cluster, OnFailure.OPEN)) {
      RedisServerProcess dead = cluster.masters().get(2);
      List<String> onDead = ClusterTest.keysOf(cluster, dead);
      List<String> onOther = ClusterTest.keysOf(cluster, cluster.masters().get(0));
      for (RedisTokenBucket bucket : List.of(closed, open)) {
        Caller.takesFirst(bucket.forKey(onDead.get(0)));
        Caller.takesFirst(bucket.forKey(onOther.get(0)));
      }
      dead.kill();

      try (Hiccups hiccups = new Hiccups()) {
        long slowest = 0;
        for (String key : onDead) {
          Caller refused = Caller.tries(closed.forKey(key)).hasAnswer();
          assertThat(refused.error()).as(key).isInstanceOf(RateLimitExceededException.class);
          Caller admitted = Caller.tries(open.forKey(key)).hasAnswer();
          assertThat(admitted.error()).as(key).isNull();
          slowest = Math.max(slowest, Math.max(refused.nanos(), admitted.nanos()));
        }
        Figures.say(
            "a dead master: slowest answer %.1f ms, hiccups %.1f ms",
            slowest / 1e6, hiccups.longestNanos() / 1e6);
        assertThat(slowest).isLessThanOrEqualTo(PROMISED_NANOS + 2 * hiccups.longestNanos());
      }
      Eventually.within(
          10, "shared", () -> Caller.tries(closed.forKey(onOther.get(1))).isGranted());

      dead.restart();
      long back =
          Eventually.within(
              30, "back", () -> Caller.tries(closed.forKey(onDead.get(1))).isGranted());
      Figures.say("a dead master: shared again %d ms after it was started", back);
      assertThat(dead.command("EXISTS", "async-tools:" + onDead.get(1))).isEqualTo(1L);

      // Else the others, who may not have noticed that it came back, do not notice that it dies.
      for (RedisServerProcess other : cluster.masters().subList(0, 2)) {
        Eventually.within(
            30, "seen again", () -> !other.command("CLUSTER", "NODES").toString().contains("fail"));
      }
      cluster.masters().get(0).command("CONFIG", "SET", "cluster-require-full-coverage", "yes");
      dead.kill();
      // The master of these keys lives, and says CLUSTERDOWN as soon as it has noticed.
      Eventually.within(
          20,
          "the Cluster's end",
          () ->
              cluster
                  .masters()
                  .get(0)
                  .command("CLUSTER", "INFO")
                  .toString()
                  .contains("cluster_state:fail"));
      for (String key : onOther) {
        assertThat(Caller.tries(open.forKey(key)).isGranted()).isTrue();
        assertThat(Caller.tries(closed.forKey(key)).hasAnswer().error())
            .isInstanceOf(RateLimitExceededException.class);
      }
    }
  }
}
