package io.asynctools.redis;

/** Where scripts run: Redis, or what a test puts in its place. Thread-safe. */
interface Scripts extends AutoCloseable {

  /**
   * Has a script run. Never blocks and never throws: whatever happens, the call hears of it, on any
   * thread, perhaps before this returns.
   */
  void send(ScriptCall call);

  /** Nothing but time-outs came from there: makes a new connection, if it is ours to make. */
  void doubt();

  /** Lets go of what is ours; calls that are out fail. Never blocks. */
  @Override
  void close();
}
