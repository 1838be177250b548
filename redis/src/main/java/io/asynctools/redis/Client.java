package io.asynctools.redis;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.TimeSource;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client of Lettuce's. Its commands have no time-out of their own, and are never sent twice: how
 * long an answer is waited for is decided here.
 */
final class Client {
  // Longer than any handshake takes; another attempt may begin before it is over.
  private static final Duration HANDSHAKE = Duration.ofSeconds(5);

  private final RedisClient client;
  private final EvictionCheck evictionCheck = new EvictionCheck();

  /**
   * What a client is made from. Limiters for which it is equal share one.
   *
   * @param commandTimeout of the limiter: how soon a connection is given up depends on it
   */
  record Settings(
      String uri,
      boolean cluster,
      TlsFiles tls,
      @Nullable RedisCredentialsProvider credentials,
      Duration commandTimeout,
      TimeSource time) {

    /** Never shows the URI. */
    @Override
    public String toString() {
      return "Client.Settings[cluster=" + cluster + "]";
    }
  }

  private Client(RedisClient client) {
    this.client = client;
  }

  /** Checks the settings, and makes what connects to the server or the Cluster they name. */
  static Scripts link(Settings settings) {
    List<RedisURI> servers = ServerUri.parse(settings.uri, settings.cluster);
    for (RedisURI server : servers) {
      complete(server, settings);
    }
    ClientOptions options = options(settings);
    long pause = Health.pause(settings.commandTimeout).toNanos() / 2;
    RedisClient lettuce = RedisClient.create();
    lettuce.setOptions(options);
    Client client = new Client(lettuce);
    if (!settings.cluster) {
      return new Link(client.to(servers.get(0), true), settings.time, pause);
    }
    RedisURI first = servers.get(0);
    return new ClusterLink(
        servers.stream().map(it -> new ClusterLink.Node(it.getHost(), it.getPort())).toList(),
        node -> client.to(at(node, first), false),
        client::shutdown,
        settings.time,
        pause);
  }

  private static void complete(RedisURI server, Settings settings) {
    if (server.getTimeout().compareTo(RedisURI.DEFAULT_TIMEOUT_DURATION) == 0) {
      server.setTimeout(HANDSHAKE);
    }
    if (settings.credentials != null) {
      server.setCredentialsProvider(settings.credentials);
    }
  }

  private static ClientOptions options(Settings settings) {
    SslOptions.Builder tls = SslOptions.builder().handshakeTimeout(HANDSHAKE);
    settings.tls.check().addTo(tls);
    if (!settings.tls.isEmpty() && !ServerUri.isTls(settings.uri)) {
      throw new LimiterConfigException(
          "redis.trust-store and redis.key-store have no effect unless redis.uri begins with"
              + " rediss://; leave them out, or begin with rediss://");
    }
    return ClientOptions.builder()
        // The link makes a new one: then nothing is ever sent twice, and what is out fails at once.
        .autoReconnect(false)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(
            SocketOptions.builder()
                // Where packets are swallowed, the kernel's next try may come seconds later: the
                // link begins anew before. An answer has to come within half of it anyway.
                .connectTimeout(Health.pause(settings.commandTimeout))
                .build())
        .sslOptions(tls.build())
        .build();
  }

  private static RedisURI at(ClusterLink.Node node, RedisURI like) {
    RedisURI uri = RedisURI.create(node.host(), node.port());
    uri.applyAuthentication(like);
    uri.applySsl(like);
    uri.setTimeout(like.getTimeout());
    uri.setClientName(like.getClientName());
    return uri;
  }

  private Connector to(RedisURI server, boolean isOnly) {
    return new Connector() {
      @Override
      public CompletionStage<? extends StatefulConnection<String, String>> connect() {
        return client.connectAsync(StringCodec.UTF8, server).whenComplete(evictionCheck::check);
      }

      @Override
      public CompletableFuture<?> close() {
        return isOnly ? shutdown() : CompletableFuture.completedFuture(null);
      }
    };
  }

  private CompletableFuture<?> shutdown() {
    return client.shutdownAsync(0, 1, TimeUnit.SECONDS).handle((done, error) -> null);
  }
}
