package io.asynctools.redis;

/** Where scripts run: Redis, or what a test puts in its place. Thread-safe. */
interface Scripts extends AutoCloseable {

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

  /** Lets go of what is ours; calls that are out fail. Never blocks. */
  @Override
  void close();
}
