package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input names the option, the value and what is accepted, in the words of whoever wrote it. */
@Tag("unit")
class BadInputTest {

  @Test
  void theBuilderNamesOptionAndValue() {
    refused(b -> b.capacity(0), "capacity must be at least 1, was 0");
    refused(b -> b.localShare(0), "localShare must be above 0 and at most 1, was 0.0");
    refused(b -> b.localShare(1.5), "localShare must be above 0 and at most 1, was 1.5");
    refused(b -> b.localShare(Double.NaN), "localShare must be above 0 and at most 1, was NaN");
    refused(b -> b.localShare(1e-30), "localShare is too small a share of rate, was 1.0E-30");
    refused(
        b -> b.commandTimeout(Duration.ofMillis(-1)),
        "commandTimeout must be positive, was PT-0.001S");
    refused(b -> b.commandTimeout(Duration.ZERO), "commandTimeout must be positive, was PT0S");
    refused(b -> b.commandTimeout(Duration.ofDays(2)), "commandTimeout must be at most a day, was");
    refused(b -> b.maxWaiters(-1), "maxWaiters must be 0 or more, was -1");
    refused(b -> b.maxWait(Duration.ofMillis(-1)), "maxWait must not be negative, was PT-0.001S");
    refused(b -> b.name(" "), "name must not be blank, was ' '");
  }

  private static void refused(UnaryOperator<RedisTokenBucket.Builder> change, String message) {
    RedisTokenBucket.Builder builder =
        change.apply(RedisTokenBucket.builder(Rate.perSecond(1)).uri("redis://localhost"));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void oneWayToRedisHasToBeGiven() {
    assertThatThrownBy(RedisTokenBucket.builder(Rate.perSecond(1))::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("neither uri nor connection");
  }

  @ParameterizedTest
  @CsvSource({
    "1/d, 40000, over a century to fill",
    "1/40000d, 1, over a century to fill",
    "100/s, 9223372036854775807, over a century to fill",
    "4503599627370497/s, 1, cannot be counted exactly",
  })
  void aBucketThatCannotBeExactIsRefused(String rate, long capacity, String why) {
    assertThatThrownBy(
            () ->
                RedisTokenBucket.builder(Rate.parse(rate))
                    .capacity(capacity)
                    .uri("redis://localhost")
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageContaining(rate);
  }

  @ParameterizedTest
  @CsvSource({
    "on-failure, ajar, on-failure",
    "local-share, 2, local-share",
    "command-timeout, 0s, command-timeout",
    "cluster, perhaps, cluster",
    "redis.uri, nowhere, redis.uri",
    "rate, fast, rate",
  })
  void theOptionsAreNamed(String option, String value, String named) {
    Map<String, String> options =
        new HashMap<>(Map.of("redis.uri", "redis://localhost", "rate", "1/s"));
    options.put(option, value);
    assertThatThrownBy(() -> Limiters.keyed("redis-token-bucket", options))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining(named);
  }

  @Test
  void theUriIsRequired() {
    assertThatThrownBy(() -> Limiters.keyed("redis-token-bucket", Map.of("rate", "1/s")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("redis.uri");
  }
}
