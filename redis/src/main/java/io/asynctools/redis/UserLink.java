package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.concurrent.CompletableFuture;

/** The user's own connection: used, never closed, and reconnected by whoever made it. */
final class UserLink implements Scripts {
  private final StatefulConnection<String, String> connection;
  private volatile Pipe pipe;

  UserLink(StatefulConnection<String, String> connection) {
    this.connection = connection;
    this.pipe = new Pipe(connection, false, null);
  }

  @Override
  public void send(ScriptCall call) {
    pipe.send(call);
  }

  @Override
  public int slotOf(String key) {
    return connection instanceof StatefulRedisClusterConnection ? SlotHash.getSlot(key) : 0;
  }

  /** As the user's client knows the Cluster. */
  @Override
  public String nodeOf(int slot) {
    if (connection instanceof StatefulRedisClusterConnection<String, String> cluster) {
      RedisClusterNode master = cluster.getPartitions().getMasterBySlot(slot);
      return master == null ? "" : master.getNodeId();
    }
    return "";
  }

  /**
   * The connection is not ours to close; but what hangs in it keeps nobody waiting any more. On a
   * Cluster, where each call goes by itself, nothing does.
   */
  @Override
  public void doubt(String node) {
    if (node.isEmpty()) {
      pipe = new Pipe(connection, false, null);
    }
  }

  @Override
  public CompletableFuture<?> attempt() {
    return WarmUp.run(connection);
  }

  @Override
  public CompletableFuture<?> close() {
    return CompletableFuture.completedFuture(null); // not ours to close
  }
}
