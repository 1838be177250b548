package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.testkit.LimiterProviderContract;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider is found, its README's table of options is its own, and the examples run. */
@Tag("unit")
class RedisProviderTest extends LimiterProviderContract {
  private final ManualTime time = new ManualTime();
  private final Client client = new Client();
  private final RedisTokenBucket limits =
      RedisTokenBucket.builder(Rate.parse("2/d"))
          .capacity(2)
          .timeSource(time)
          .executor(time)
          .build(settings -> new FakeRedis(time, new ExactRate(Rate.parse("2/d"), 2)));

  /** Whatever the user calls. */
  private static final class Client {
    CompletableFuture<String> send(Message message) {
      return CompletableFuture.completedFuture("re: " + message.text());
    }
  }

  private record Message(String tenant, String text) {}

  @Override
  protected LimiterProvider<?> provider() {
    return new RedisProvider();
  }

  @Test
  void aroundACall() {
    Message message = new Message("acme", "ping");
    CompletableFuture<String> reply = limits.execute("acme", () -> client.send(message));
    time.runTasks();
    assertThat(reply).isCompletedWithValue("re: ping");
  }

  @Test
  void asADecorator() {
    Function<Message, CompletableFuture<String>> send =
        limits.decorate(Message::tenant, client::send);
    CompletableFuture<String> a = send.apply(new Message("acme", "a"));
    CompletableFuture<String> b = send.apply(new Message("acme", "b"));
    CompletableFuture<String> c = send.apply(new Message("acme", "c"));
    time.runTasks();
    assertThat(a).isCompletedWithValue("re: a");
    assertThat(b).isCompletedWithValue("re: b");
    assertThat(c).isNotDone();
  }

  @Test
  void aView() {
    AsyncRateLimiter acme = limits.forKey("acme");
    CompletableFuture<Permit> both = acme.acquire(2, Duration.ZERO);
    time.runTasks();
    assertThat(both).isCompleted();
  }

  @Test
  void byNameAndBuilt() {
    KeyedRateLimiter<String> byName =
        Limiters.keyed(
            "redis-token-bucket",
            Map.of(
                "redis.uri", "redis://limits.internal:6379",
                "rate", "100/s",
                "local-share", "0.25"));
    RedisTokenBucket built =
        RedisTokenBucket.builder(Rate.perSecond(100))
            .uri("redis://limits.internal:6379")
            .capacity(200)
            .onFailure(OnFailure.LOCAL)
            .localShare(0.25)
            .commandTimeout(Duration.ofMillis(100))
            .build();
    assertThat(byName.forKey("acme").tryAcquire()).isEmpty();
    assertThat(built.forKey("acme").tryAcquire()).isEmpty();
    byName.close();
    built.close();
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
            "on-failure", "local",
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

  @ParameterizedTest
  @ValueSource(strings = {"closed", "open"})
  void aLocalShareThatHasNoEffectIsRejected(String mode) {
    Map<String, String> options =
        Map.of(
            "redis.uri", "redis://localhost:1",
            "rate", "10/s",
            "on-failure", mode,
            "local-share", "0.5");
    assertThatThrownBy(() -> Limiters.keyed("redis-token-bucket", options))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("local-share has no effect beside on-failure=");
  }
}
