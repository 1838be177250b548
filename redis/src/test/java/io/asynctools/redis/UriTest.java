package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.lettuce.core.RedisURI;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An error in {@code redis.uri} says what is wrong, and shows no part of the URI.
 *
 * <p>Promises: Redis 8.
 */
@Tag("unit")
class UriTest {
  private static final String SECRET = "opensesame";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|is empty",
        "localhost|does not begin with a scheme",
        "://|scheme that is not known",
        "http://localhost|scheme that is not known",
        "Redis://localhost|scheme that is not known",
        "redis:/localhost|does not begin with a scheme",
        "redis://|names no host",
        "redis:///0|names no host",
        "redis://:6379|names no host",
        "redis://host:|has a port that is not a number",
        "redis://host:63x9|has a port that is not a number",
        "redis://host:0|has a port that is not a number",
        "redis://host:65536|has a port that is not a number",
        "redis://a:1,b:2|names several servers",
        "redis://host/db0|no database number follows",
        "redis://ho st|a blank or an invisible character",
        "redis://host\u00a0|a blank or an invisible character",
        "redis://user:100%@host|'%' without two hexadecimal digits",
        "redis://user:a/b@host|%2F",
        "redis://user:a#b@host|%23",
        "redis://user:a?b@host|%3F",
        "redis://::1|a host that cannot be one",
        "redis://host#master|a '#'",
        "redis://host?pasword=x|a parameter after '?' that is not known",
        "redis-sentinel://host:26379|names no master",
        "redis-socket://|names no socket",
      })
  void anErrorInTheUriSaysWhatIsWrong(String uri, String why) {
    assertThatThrownBy(() -> RedisTokenBucket.builder(Rate.perSecond(1)).uri(uri).build())
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageStartingWith("redis.uri ")
        .hasMessageContaining(why)
        .hasMessageContaining("redis://[user:password@]host[:port][/database]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis-sentinel://a#m|a Cluster has neither",
        "redis://a/3|a Cluster has database 0 only",
        "redis://a?db=3|a Cluster has database 0 only",
        "redis://a,,b|names no host",
        "redis://a:1,b:x|has a port that is not a number",
      })
  void anErrorInTheUriOfAClusterSaysWhatIsWrong(String uri, String why) {
    assertThatThrownBy(
            () -> RedisTokenBucket.builder(Rate.perSecond(1)).uri(uri).cluster(true).build())
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({
    "redis://localhost, localhost, 6379, 0",
    "redis://my_redis:6380, my_redis, 6380, 0",
    "redis://my_redis, my_redis, 6379, 0",
    "redis://user:p%40ss@10.0.0.1:7000/3, 10.0.0.1, 7000, 3",
    "redis://user:p@ss@host, host, 6379, 0",
    "rediss://:pw@host.example?timeout=3s, host.example, 6379, 0",
    "redis://[::1]:6380, [::1], 6380, 0",
  })
  void aUriIsReadAsItIsMeant(String uri, String host, int port, int database) {
    RedisURI read = ServerUri.parse(uri, false).get(0);
    assertThat(read.getHost()).isEqualTo(host);
    assertThat(read.getPort()).isEqualTo(port);
    assertThat(read.getDatabase()).isEqualTo(database);
  }

  @Test
  void nodesAndSentinelsAreReadAsTheyAreMeant() {
    assertThat(ServerUri.parse("redis://u:p@a:1,b_c:2,d", true))
        .extracting(it -> it.getHost() + ":" + it.getPort())
        .containsExactly("a:1", "b_c:2", "d:6379");
    RedisURI sentinels = ServerUri.parse("redis-sentinel://u:p@a:1,b:2#master-1", false).get(0);
    assertThat(sentinels.getSentinelMasterId()).isEqualTo("master-1");
    assertThat(sentinels.getSentinels()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://app:opensesame",
        "redis://app:opensesame@",
        "redis://app:opensesame@:6379",
        "redis://app:opensesame@host:opensesame",
        "redis://app@opensesame:host:1",
        "redis://opensesame@ho st",
        "redis://app:opensesame@host/opensesame",
        "redis://app:opensesame@host?password=opensesame",
        "redis://host?opensesame",
        "redis://host#opensesame",
        "redis://app:open/sesame:opensesame@host",
        "redis://app:%opensesame@host",
        "redis://app:opensesame@host:99999",
        "redis://app:opensesame@a,:b",
        "redis://app:opensesame@::1",
        "redis:app:opensesame@host",
        "redis//app:opensesame@host",
        "redi://app:opensesame@host",
        "opensesame://host",
        "app:opensesame@host",
        "opensesame@host:6379",
        "opensesame",
        "rediss//opensesame",
        "//app:opensesame@host",
        "http://app:opensesame@host",
        "redis-sentinel://app:opensesame@host",
        "redis-sentinel://:opensesame@#master",
        "redis-socket://opensesame",
        "redis://app:opensesame@host\nredis://app:opensesame@host",
        "redis ://app:opensesame@host",
        "redis://app:opensesame@host/0/1",
        "redis://app:opensesame@[::1",
        "redis://app:opensesame@ho^st",
        "redis://app:open|sesame@ho|st:opensesame",
        "redis://host:6379:opensesame",
        "jdbc:redis://app:opensesame@host",
        "\"redis://app:opensesame@host\"",
        "redis://app:opensesame@${HOST}",
        "redis://app:opensesame@<host>",
        "redis://app:opensesame@host,redis://app:opensesame@other",
      })
  void noErrorShowsWhatMayBeAPassword(String uri) {
    for (String cluster : List.of("false", "true")) {
      Map<String, String> options =
          new HashMap<>(Map.of("redis.uri", uri, "rate", "1/s", "cluster", cluster));
      assertThatThrownBy(() -> Limiters.keyed("redis-token-bucket", options).close())
          .isInstanceOf(LimiterConfigException.class)
          .satisfies(error -> assertThat(everything(error)).doesNotContain(SECRET, "open/sesame"));
    }
  }

  private static String everything(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void toStringShowsNoCredential() {
    try (RedisTokenBucket limits =
        RedisTokenBucket.builder(Rate.perSecond(1))
            .uri("redis://app:" + SECRET + "@localhost:1")
            .name("limits")
            .build()) {
      assertThat(limits.toString())
          .startsWith("RedisTokenBucket[name=limits, mode=")
          .contains("rate=", "capacity=1", "keys=0")
          .doesNotContain(SECRET, "\n");
    }
  }

  /** A server that does not know a command quotes its arguments. */
  @Test
  void noCauseShowsTheArgumentsOfACommand() {
    Throwable error =
        new io.lettuce.core.RedisCommandExecutionException(
            "ERR unknown command `AUTH`, with args beginning with: `app`, `opensesame`");
    assertThat(everything(Diagnosis.mistake(error, null, false)))
        .contains("unknown command")
        .doesNotContain(SECRET);
    assertThat(everything(Diagnosis.shown(error))).doesNotContain(SECRET);
    Throwable users = new IllegalStateException("token opensesame has expired");
    assertThat(everything(Diagnosis.shown(users))).doesNotContain(SECRET);
    Throwable address = new java.net.ConnectException("redis://app:opensesame@host refused");
    assertThat(everything(Diagnosis.shown(address))).contains("host").doesNotContain(SECRET);
  }
}
