package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.embedded.RedisServer;

/** The way to a real Redis and back. */
@Tag("integration")
class RealRedisTest {
  private static RedisServer server;
  private static String uri;

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    server = RedisServer.newRedisServer().port(port).setting("save \"\"").build();
    server.start();
    uri = "redis://localhost:" + port;
  }

  @AfterAll
  static void stop() throws IOException {
    server.stop();
  }

  private static RedisTokenBucket.Builder builder() {
    return RedisTokenBucket.builder(Rate.parse("1/h"))
        .capacity(100)
        .commandTimeout(Duration.ofSeconds(30)); // the machine may be busy
  }

  /** How many of so many tries are granted. */
  private static long granted(AsyncRateLimiter limiter, int tries) {
    List<CompletableFuture<Permit>> asked = new ArrayList<>();
    for (int i = 0; i < tries; i++) {
      asked.add(limiter.acquire(1, Duration.ZERO));
    }
    return asked.stream()
        .filter(
            each -> {
              try {
                return each.join() != null;
              } catch (CompletionException refused) {
                return false;
              }
            })
        .count();
  }

  /** The key goes over the wire as it is, whatever it is. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "", "with blanks\r\n$5\r\n", "schlüssel", "鍵🔑", "{tag}x"})
  void asManyAreGrantedAsTheBucketHolds(String key) {
    try (RedisTokenBucket limits = builder().uri(uri).build();
        RedisTokenBucket elsewhere = builder().uri(uri).build();
        RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<String, String> connection = client.connect()) {
      assertThat(granted(limits.forKey(key), 60)).isEqualTo(60);
      assertThat(granted(elsewhere.forKey(key), 60)).isEqualTo(40);
      assertThat(connection.sync().exists("async-tools:" + key)).isOne();
      assertThat(connection.sync().strlen("async-tools:" + key)).isLessThan(45);
    }
  }

  @Test
  void aLongKeyIsNoMatter() {
    String key = "k".repeat(100_000);
    assertThat(("async-tools:" + key).getBytes(UTF_8)).hasSize(100_012);
    try (RedisTokenBucket limits = builder().uri(uri).build()) {
      assertThat(granted(limits.forKey(key), 101)).isEqualTo(100);
    }
  }

  /** Redis forgets its scripts at a restart, or when told to: the next call brings it along. */
  @Test
  void aScriptThatIsForgottenIsBroughtAlong() {
    try (RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<String, String> connection = client.connect()) {
      try (RedisTokenBucket limits = builder().connection(connection).build()) {
        assertThat(granted(limits.forKey("flush"), 50)).isEqualTo(50);
        connection.sync().scriptFlush();
        assertThat(granted(limits.forKey("flush"), 60)).isEqualTo(50);
      }
      assertThat(connection.isOpen()).as("the user's own connection").isTrue();
    }
  }

  /**
   * Whoever comes while some are on their way goes out with others: each for itself all the same.
   */
  @Test
  void manyKeysAreAskedForTogether() {
    int keys = 500;
    try (RedisTokenBucket limits = builder().keyPrefix("many:").uri(uri).build();
        RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<String, String> connection = client.connect()) {
      assertThat(granted(limits.forKey("first"), 1)).isOne(); // it is connected
      connection.sync().lpush("many:100", "not ours");
      connection.sync().set("many:200", "not ours");
      List<CompletableFuture<Permit>> asked = new ArrayList<>();
      for (int i = 0; i < keys; i++) {
        asked.add(limits.forKey(String.valueOf(i)).acquire(1 + i % 2 * 99L, Duration.ZERO));
      }
      for (int i = 0; i < keys; i++) {
        CompletableFuture<Permit> each = asked.get(i);
        if (i == 100 || i == 200) {
          assertThatThrownBy(each::join)
              .hasCauseInstanceOf(LimiterConfigException.class)
              .hasMessageContaining("'many:" + i + "'");
        } else {
          assertThat(each.join()).isNotNull();
          assertThat(granted(limits.forKey(String.valueOf(i)), 2)).isEqualTo(i % 2 == 0 ? 2 : 0);
        }
      }
      assertThat(connection.sync().lrange("many:100", 0, -1)).containsExactly("not ours");
      assertThat(connection.sync().get("many:200")).isEqualTo("not ours");
    }
  }
}
