package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;

/** The user's own connection: used, never closed, and reconnected by whoever made it. */
final class UserLink implements Scripts {
  private final StatefulConnection<String, String> connection;
  private volatile Pipe pipe;

  UserLink(StatefulConnection<String, String> connection) {
    this.connection = connection;
    this.pipe = new Pipe(connection);
  }

  @Override
  public void send(ScriptCall call) {
    pipe.send(call);
  }

  /** The connection is not ours to close; but what hangs in it keeps nobody waiting any more. */
  @Override
  public void doubt(String node) {
    pipe = new Pipe(connection);
  }

  @Override
  public void close() {
    // Not ours to close.
  }
}
