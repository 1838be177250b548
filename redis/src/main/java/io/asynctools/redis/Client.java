package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.codec.StringCodec;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of Lettuce's for a URI. Its commands have no time-out of their own, and are never sent
 * twice: how long an answer is waited for is decided here.
 */
final class Client implements Connector {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final AbstractRedisClient client;
  private final Supplier<CompletionStage<? extends StatefulConnection<String, String>>> connect;

  private Client(
      AbstractRedisClient client,
      Supplier<CompletionStage<? extends StatefulConnection<String, String>>> connect) {
    this.client = client;
    this.connect = connect;
  }

  static Client of(String uri, boolean cluster) {
    return cluster ? ofCluster(uri) : ofServer(uri);
  }

  private static Client ofServer(String uri) {
    RedisURI server = parsed(uri, () -> List.of(RedisURI.create(uri))).get(0);
    RedisClient client = RedisClient.create();
    ClientOptions.Builder options = ClientOptions.builder();
    common(options);
    // The link makes a new one: then nothing is ever sent twice, and what is out fails at once.
    options.autoReconnect(false).disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS);
    client.setOptions(options.build());
    return new Client(client, () -> client.connectAsync(StringCodec.UTF8, server));
  }

  private static Client ofCluster(String uri) {
    List<RedisURI> nodes = parsed(uri, () -> RedisClusterURIUtil.toRedisURIs(URI.create(uri)));
    RedisClusterClient client = RedisClusterClient.create(nodes);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    common(options);
    options
        .topologyRefreshOptions(
            ClusterTopologyRefreshOptions.builder()
                // on whatever hints at a change, as is the default, but soon
                .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                .enablePeriodicRefresh(Duration.ofSeconds(30))
                .build())
        .replayFilter(command -> true); // nothing is sent again after a reconnect
    // A master's connection is made with the first command for it, which waits for it meanwhile.
    options.disconnectedBehavior(DisconnectedBehavior.ACCEPT_COMMANDS);
    client.setOptions(options.build());
    return new Client(
        client,
        () ->
            client
                .refreshPartitionsAsync() // which masters there are, asked each time
                .thenCompose(unused -> client.connectAsync(StringCodec.UTF8)));
  }

  private static void common(ClientOptions.Builder options) {
    options
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(SocketOptions.builder().connectTimeout(PATIENCE).build());
  }

  private static List<RedisURI> parsed(String uri, Supplier<List<RedisURI>> parser) {
    List<RedisURI> servers;
    try {
      servers = parser.get();
    } catch (RuntimeException e) {
      throw unfit(uri, e);
    }
    for (RedisURI server : servers) {
      boolean named =
          isHost(server.getHost())
              || server.getSocket() != null
              || !server.getSentinels().isEmpty();
      if (!named) {
        throw unfit(uri, null);
      }
      if (server.getTimeout().compareTo(RedisURI.DEFAULT_TIMEOUT_DURATION) == 0) {
        server.setTimeout(PATIENCE); // of the handshake
      }
    }
    if (servers.isEmpty()) {
      throw unfit(uri, null);
    }
    return servers;
  }

  /** Lettuce takes for a host what it cannot take apart: a port that is no number, say. */
  private static boolean isHost(@Nullable String host) {
    return host != null
        && host.matches("[^:\\s]+|\\[?[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F.:]*(%.*)?]?");
  }

  private static LimiterConfigException unfit(String uri, @Nullable Exception cause) {
    return new LimiterConfigException(
        "redis.uri names no server: '"
            + uri.replaceAll("//[^@/]*@", "//***@")
            + "'; accepted is redis://[user:password@]host[:port][/database], rediss:// for TLS",
        cause);
  }

  @Override
  public CompletionStage<? extends StatefulConnection<String, String>> connect() {
    return connect.get();
  }

  @Override
  public void close() {
    CompletableFuture<?> unused = client.shutdownAsync(0, 1, TimeUnit.SECONDS);
  }
}
