package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.testkit.LimiterProviderContract;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The provider is found, its README's table of options is its own, and the examples run. */
@Tag("unit")
class ReadmeTest extends LimiterProviderContract {
  private final Client client = new Client();
  private final AsyncRateLimiter limiter =
      TokenBucketRateLimiter.builder(Rate.parse("1/d")).capacity(3).build();

  /** Whatever the user calls. */
  private static final class Client {
    CompletableFuture<String> send(String message) {
      return CompletableFuture.completedFuture("re: " + message);
    }

    String sendBlocking(String message) {
      return "re: " + message;
    }
  }

  @Override
  protected LimiterProvider<?> provider() {
    return new TokenBucketProvider();
  }

  @Test
  void aroundACall() throws InterruptedException {
    CompletableFuture<String> reply = limiter.execute(() -> client.send("ping"));
    String answer = limiter.call(() -> client.sendBlocking("ping"));
    assertThat(reply).isCompletedWithValue("re: ping");
    assertThat(answer).isEqualTo("re: ping");
    assertThat(limiter.tryAcquire(2)).isEmpty();
  }

  @Test
  void asADecorator() {
    Function<String, CompletableFuture<String>> send = limiter.decorateFunction(client::send);
    assertThat(send.apply("a")).isCompletedWithValue("re: a");
    assertThat(send.apply("b")).isCompletedWithValue("re: b");
    assertThat(limiter.tryAcquire(2)).isEmpty();
  }

  @Test
  @SuppressWarnings("try") // the permit need not be mentioned
  void acquireAndRelease() throws InterruptedException {
    try (Permit permit = limiter.acquireBlocking()) {
      client.sendBlocking("ping");
    }
    assertThat(limiter.tryAcquire(3)).isEmpty(); // a spent token stays spent
    assertThat(limiter.tryAcquire(2)).isPresent();
  }

  @Test
  void byNameAndBuilt() {
    AsyncRateLimiter byName =
        Limiters.rateLimiter("token-bucket", Map.of("rate", "100/s", "capacity", "200"));
    TokenBucketRateLimiter built =
        TokenBucketRateLimiter.builder(Rate.perSecond(100))
            .capacity(200)
            .maxWait(Duration.ofSeconds(1))
            .build();
    assertThat(byName.tryAcquire(200)).isPresent();
    assertThat(built.tryAcquire(200)).isPresent();
  }
}
