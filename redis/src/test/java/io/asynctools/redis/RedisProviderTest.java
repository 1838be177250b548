package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.testkit.LimiterProviderContract;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The provider is found, and its README's table of options is its own. */
@Tag("unit")
class RedisProviderTest extends LimiterProviderContract {

  @Override
  protected LimiterProvider<?> provider() {
    return new RedisProvider();
  }

  /** The address of Redis is called as it is everywhere: {@code redis.uri}, with a dot. */
  @Override
  @Test
  public void optionsAreInKebabCaseAndNoTwoAreOne() {
    assertThat(provider().options())
        .extracting(ConfigOption::name)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.equals("redis.uri") || name.matches("[a-z]+(-[a-z]+)*"));
  }

  /** Building waits for nobody: there need be no Redis, now or ever. */
  @Test
  void everyOptionIsRead() {
    Map<String, String> options =
        Map.of(
            "redis.uri", "redis://localhost:1",
            "rate", "10/s",
            "capacity", "20",
            "key-prefix", "limits:",
            "on-failure", "closed",
            "local-share", "0.5",
            "command-timeout", "100ms",
            "max-wait", "1s",
            "max-waiters", "5");
    try (KeyedRateLimiter<String> limits = Limiters.keyed("redis-token-bucket", options)) {
      AsyncRateLimiter limiter = limits.forKey("tenant");
      assertThat(limiter.name()).isEqualTo("redis-token-bucket");
      assertThat(limiter.tryAcquire()).isEmpty();
    }
  }
}
