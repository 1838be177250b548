package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;

/** The user's own connection: used, never closed, and reconnected by whoever made it. */
record UserLink(StatefulConnection<String, String> connection) implements Scripts {

  @Override
  public void send(ScriptCall call) {
    LettuceCall.send(connection, call);
  }

  @Override
  public void doubt() {
    // Not ours to close.
  }

  @Override
  public void close() {
    // Not ours to close.
  }
}
