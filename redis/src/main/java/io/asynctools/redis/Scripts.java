package io.asynctools.redis;

import java.util.concurrent.CompletableFuture;

/** Where scripts run: Redis, or what a test puts in its place. Thread-safe. */
interface Scripts {

  /**
   * Has a script run. Never blocks and never throws: whatever happens, the call hears of it, on any
   * thread, perhaps before this returns.
   */
  void send(ScriptCall call);

  /**
   * Returns the number by which {@link #nodeOf} finds the node of a key.
   *
   * @param key the whole of it, prefix included
   * @return the key's slot in a Cluster; 0 if there is one server only
   */
  default int slotOf(String key) {
    return 0;
  }

  /**
   * Returns the name of the node that decides for a slot now. Quick; never blocks.
   *
   * @param slot as {@link #slotOf} gave it
   * @return the name; empty if there is one server only, or nothing is known of the Cluster yet
   */
  default String nodeOf(int slot) {
    return "";
  }

  /**
   * Makes a new connection to a node from which nothing but time-outs came, if it is ours to make.
   *
   * @param node as {@link #nodeOf} gave it
   */
  void doubt(String node);

  /**
   * Connects if there is no connection.
   *
   * @return the outcome of the attempt: fails with {@code LimiterConfigException} if no further one
   *     makes sense
   */
  CompletableFuture<?> attempt();

  /**
   * Returns for how long calls are to have more time than a time-out, since the first connection is
   * being made.
   *
   * @return nanoseconds; 0 as a rule
   */
  default long startingNanos(long now) {
    return 0;
  }

  /**
   * Lets go of what is ours; calls that are out fail. Never blocks.
   *
   * @return completes when it is gone; never fails
   */
  CompletableFuture<?> close();
}
