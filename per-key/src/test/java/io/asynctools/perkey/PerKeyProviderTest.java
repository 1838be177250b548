package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.testkit.LimiterProviderContract;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The provider is found, its README's table of options is its own, and the examples run. */
@Tag("unit")
class PerKeyProviderTest extends LimiterProviderContract {
  private final Client client = new Client();
  private final PerKeyRateLimiter<String, TokenBucketRateLimiter> limits =
      PerKeyRateLimiter.builder()
          .build(tenant -> TokenBucketRateLimiter.builder(Rate.parse("2/d")).capacity(2).build());

  /** Whatever the user calls. */
  private static final class Client {
    CompletableFuture<String> send(Message message) {
      return CompletableFuture.completedFuture("re: " + message.text());
    }
  }

  private record Message(String tenant, String text) {}

  @Override
  protected Map<String, String> minimalOptions() {
    return Map.of("limiter", "token-bucket", "limiter.rate", "1/d");
  }

  @Override
  protected LimiterProvider<?> provider() {
    return new PerKeyProvider();
  }

  @Test
  void aroundACall() {
    Message message = new Message("acme", "ping");
    CompletableFuture<String> reply = limits.execute("acme", () -> client.send(message));
    assertThat(reply).isCompletedWithValue("re: ping");
    assertThat(limits.forKey("acme").tryAcquire(2)).isEmpty();
    assertThat(limits.forKey("other").tryAcquire(2)).isPresent();
  }

  @Test
  void asADecorator() {
    Function<Message, CompletableFuture<String>> send =
        limits.decorate(Message::tenant, client::send);
    assertThat(send.apply(new Message("acme", "a"))).isCompletedWithValue("re: a");
    assertThat(send.apply(new Message("acme", "b"))).isCompletedWithValue("re: b");
    assertThat(limits.size()).isEqualTo(1);
    assertThat(limits.forKey("acme").tryAcquire()).isEmpty();
  }

  @Test
  void aView() {
    AsyncRateLimiter acme = limits.forKey("acme");
    assertThat(acme.tryAcquire(2)).isPresent();
    assertThat(acme.tryAcquire()).isEmpty();
  }

  @Test
  void aKeysOwnLimiter() {
    assertThat(limits.forKey("acme").tryAcquire()).isPresent();
    long left = limits.with("acme", bucket -> bucket.availableTokens());
    assertThat(left).isEqualTo(1);
  }

  @Test
  void aRemoval() {
    assertThat(limits.forKey("acme").tryAcquire(2)).isPresent();
    limits.remove("acme");
    assertThat(limits.forKey("acme").tryAcquire(2)).isPresent();
  }

  @Test
  void byNameAndBuilt() {
    KeyedRateLimiter<String> byName =
        Limiters.keyed(
            "per-key", Map.of("limiter", "token-bucket", "limiter.rate", "10/s", "max-idle", "5m"));
    PerKeyRateLimiter<String, TokenBucketRateLimiter> built =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofMinutes(5))
            .maxKeys(1_000_000)
            .build(tenant -> TokenBucketRateLimiter.builder(Rate.parse("10/s")).build());
    assertThat(byName.forKey("acme").tryAcquire(10)).isPresent();
    assertThat(byName.forKey("acme").tryAcquire(10)).isEmpty();
    assertThat(built.forKey("acme").tryAcquire(10)).isPresent();
    assertThat(built.forKey("acme").tryAcquire(10)).isEmpty();
    byName.close();
    built.close();
  }
}
