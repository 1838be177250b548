package io.asynctools.redis.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Cluster of three masters and no replicas, each a third of the slots. */
public final class RedisCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;
  private static final int MASTERS = 3;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final List<RedisServerProcess> masters = new ArrayList<>();

  /**
   * Starts one.
   *
   * @param settings more settings of each master
   */
  public static RedisCluster start(String... settings) throws Exception {
    RedisCluster cluster = new RedisCluster();
    try {
      cluster.form(
          Stream.concat(
                  Stream.of("cluster-enabled", "yes", "cluster-node-timeout", "1000"),
                  Stream.of(settings))
              .toArray(String[]::new));
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void form(String[] settings) throws Exception {
    for (int i = 0; i < MASTERS; i++) {
      RedisServerProcess master = RedisServerProcess.start(settings);
      masters.add(master);
      int own = i;
      List<String> slots = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
      IntStream.range(0, SLOTS).filter(slot -> owner(slot) == own).forEach(s -> slots.add("" + s));
      master.command(slots.toArray(String[]::new));
      // Distinct epochs, or the masters would spend their first seconds on agreeing on them.
      master.command("CLUSTER", "SET-CONFIG-EPOCH", "" + (i + 1));
    }
    for (RedisServerProcess other : masters.subList(1, MASTERS)) {
      masters.get(0).command("CLUSTER", "MEET", "127.0.0.1", "" + other.port());
    }
    long start = System.nanoTime();
    while (!isFormed()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new IOException("no Cluster: " + masters.get(0).command("CLUSTER", "INFO"));
      }
      Thread.sleep(20);
    }
  }

  private boolean isFormed() throws IOException {
    for (RedisServerProcess master : masters) {
      String info = master.command("CLUSTER", "INFO").toString();
      if (!info.contains("cluster_state:ok") || !info.contains("cluster_known_nodes:" + MASTERS)) {
        return false;
      }
    }
    return true;
  }

  private static int owner(int slot) {
    return slot * MASTERS / SLOTS;
  }

  public List<RedisServerProcess> masters() {
    return masters;
  }

  /** The master that a key of Redis belongs to. */
  public RedisServerProcess masterOf(String key) throws IOException {
    for (RedisServerProcess master : masters) {
      try {
        return masters.get(
            owner(Math.toIntExact((Long) master.command("CLUSTER", "KEYSLOT", key))));
      } catch (java.net.ConnectException e) {
        continue; // a dead one: another knows as well
      }
    }
    throw new IOException("no master is alive");
  }

  public String uri() {
    return masters.get(0).uri();
  }

  @Override
  public void close() {
    masters.forEach(RedisServerProcess::close);
  }
}
