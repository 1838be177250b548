package io.asynctools.redis;

import io.lettuce.core.api.StatefulConnection;
import java.util.concurrent.CompletionStage;

/** Makes connections to Redis; never blocks. */
interface Connector {
  /** Makes a new connection. */
  CompletionStage<? extends StatefulConnection<String, String>> connect();

  /** Ends the client, and with it its threads and connections. */
  void close();
}
