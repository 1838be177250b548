package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.redis.OnFailure;
import io.asynctools.redis.RedisTokenBucket;
import io.asynctools.redis.server.RedisServerProcess;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A Redis that will never do is an error that names the option, or the key, and the way out;
 * whatever the mode, nobody is admitted and nothing is overwritten.
 */
@Tag("integration")
class BadServerTest {

  private static RedisTokenBucket bucket(String uri, OnFailure mode) {
    return RedisTokenBucket.builder(Rate.parse("1/h"))
        .uri(uri)
        .capacity(10)
        .onFailure(mode)
        .commandTimeout(Duration.ofSeconds(5))
        .build();
  }

  /** In line and trying, twice, once what is wrong is known. */
  private static String configError(AsyncRateLimiter limiter) throws Exception {
    String message = null;
    for (int i = 0; i < 2; i++) {
      for (Caller caller :
          new Caller[] {Caller.tries(limiter), Caller.waits(limiter), Caller.tries(limiter)}) {
        assertThat(caller.hasAnswer().error())
            .as("the answer to a caller")
            .isInstanceOf(LimiterConfigException.class);
        message = caller.error().getMessage();
      }
      assertThat(limiter.tryAcquire()).isEmpty();
    }
    return message;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "nonsense", "redis://", "http://localhost:6379", "redis://host:port"})
  void aUriThatNamesNoServer(String uri) {
    assertThatThrownBy(() -> bucket(uri, OnFailure.OPEN))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("uri")
        .hasMessageContaining("redis://");
    assertThatThrownBy(
            () -> Limiters.keyed("redis-token-bucket", Map.of("redis.uri", uri, "rate", "10/s")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("redis.uri");
  }

  @ParameterizedTest
  @EnumSource
  void aWrongPassword(OnFailure mode) throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start("requirepass", "right");
        RedisTokenBucket bucket = bucket("redis://:wrong@127.0.0.1:" + server.port(), mode)) {
      assertThat(configError(bucket.forKey("key"))).contains("redis.uri").contains("password");
    }
  }

  @Test
  void noPasswordWhereOneIsAskedFor() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start("requirepass", "right");
        RedisTokenBucket bucket = bucket(server.uri(), OnFailure.OPEN)) {
      assertThat(configError(bucket.forKey("key"))).contains("redis.uri").contains("password");
    }
  }

  @Test
  void theRightPasswordIsLetIn() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start("requirepass", "right");
        RedisTokenBucket bucket =
            bucket("redis://:right@127.0.0.1:" + server.port(), OnFailure.CLOSED)) {
      assertThat(Caller.takeAll(bucket.forKey("key"))).isEqualTo(10);
    }
  }

  @Test
  void aPasswordIsNotToldInErrors() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start("requirepass", "right");
        RedisTokenBucket bucket =
            bucket("redis://:s3cr3t@127.0.0.1:" + server.port(), OnFailure.CLOSED)) {
      Throwable error = Caller.tries(bucket.forKey("key")).hasAnswer().error();
      for (Throwable cause = error; cause != null; cause = cause.getCause()) {
        assertThat(cause.toString()).doesNotContain("s3cr3t");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerWithoutScripts(OnFailure mode) throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start("rename-command", "EVALSHA \"\"");
        RedisTokenBucket bucket = bucket(server.uri(), mode)) {
      assertThat(configError(bucket.forKey("key"))).contains("redis.uri").contains("script");
    }
  }

  @Test
  void aServerThatLoadsNoScripts() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start("rename-command", "EVAL \"\"");
        RedisTokenBucket bucket = bucket(server.uri(), OnFailure.OPEN)) {
      Caller caller = Caller.tries(bucket.forKey("key")).hasAnswer();
      if (caller.error() != null) { // it may do without EVAL
        assertThat(caller.error())
            .isInstanceOf(LimiterConfigException.class)
            .hasMessageContaining("redis.uri");
      }
    }
  }

  @Test
  void aUserWhoMayRunNoScripts() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.start("user", "weak on >secret ~* +@all -@scripting");
        RedisTokenBucket bucket =
            bucket("redis://weak:secret@127.0.0.1:" + server.port(), OnFailure.OPEN)) {
      assertThat(configError(bucket.forKey("key"))).contains("redis.uri").contains("EVALSHA");
    }
  }

  @Test
  void aUserWhoMayNotTouchOurKeys() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.start("user", "weak on >secret ~others:* +@all");
        RedisTokenBucket bucket =
            bucket("redis://weak:secret@127.0.0.1:" + server.port(), OnFailure.OPEN)) {
      assertThat(configError(bucket.forKey("key"))).contains("redis.uri");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aKeyOfAnotherTypeUnderOurPrefix(OnFailure mode) throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), mode)) {
      server.command("LPUSH", "async-tools:list", "theirs");

      assertThat(configError(bucket.forKey("list")))
          .contains("async-tools:list")
          .contains("prefix");

      assertThat(server.command("LRANGE", "async-tools:list", "0", "-1")).hasToString("[theirs]");
      assertThat(Caller.takeAll(bucket.forKey("another"))).as("other keys").isEqualTo(10);
      server.command("DEL", "async-tools:list");
      Eventually.within(5, "the way out", () -> Caller.tries(bucket.forKey("list")).isGranted());
      assertThat(Caller.takeAll(bucket.forKey("list"))).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "theirs", "1 2", "1 2 3 4 5 6", "-1 2 3", "1.5 2 3", "1 2 3\n"})
  void aStringOfSomebodyElse(String value) throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), OnFailure.OPEN)) {
      server.command("SET", "async-tools:string", value);

      assertThat(configError(bucket.forKey("string"))).contains("async-tools:string");

      assertThat(server.command("GET", "async-tools:string")).isEqualTo(value);
    }
  }

  @Test
  void anyKeyWillDo() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        RedisTokenBucket bucket = bucket(server.uri(), OnFailure.CLOSED)) {
      for (String key :
          new String[] {"", " ", "a\r\nb", "{x}", "}{", "\u20ac\ud83d\ude00", "a:b"}) {
        assertThat(Caller.takeAll(bucket.forKey(key))).as(key).isEqualTo(10);
      }
      assertThat(server.command("DBSIZE")).isEqualTo(7L);
    }
  }

  @Test
  void theProviderBuildsOneFromText() throws Exception {
    try (RedisServerProcess server = RedisServerProcess.start();
        KeyedRateLimiter<String> bucket =
            Limiters.keyed(
                "redis-token-bucket",
                Map.of(
                    "redis.uri", server.uri(),
                    "rate", "1/h",
                    "capacity", "10",
                    "key-prefix", "mine:",
                    "on-failure", "local",
                    "local-share", "0.5",
                    "command-timeout", "5s"))) {
      assertThat(Caller.takeAll(bucket.forKey("key"))).isEqualTo(10);
      assertThat(server.command("EXISTS", "mine:key")).isEqualTo(1L);
    }
  }
}
