package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes connections to one server; never blocks. */
interface Connector {
  /** Makes a new connection. */
  CompletionStage<? extends StatefulConnection<String, String>> connect();

  /**
   * Ends the client, and with it its threads and connections.
   *
   * @return completes when they have ended; never fails
   */
  CompletableFuture<?> close();
}
