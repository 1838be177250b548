package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
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
class SemaphoreProviderTest extends LimiterProviderContract {
  private final Client client = new Client();
  private final SemaphoreRateLimiter limiter = SemaphoreRateLimiter.builder(1).build();

  /** Whatever the user calls. */
  private final class Client {
    CompletableFuture<String> send(String message) {
      assertThat(limiter.availablePermits()).as("permits, while the call runs").isZero();
      return CompletableFuture.completedFuture("re: " + message);
    }

    String sendBlocking(String message) {
      return send(message).join();
    }
  }

  @Override
  protected LimiterProvider<?> provider() {
    return new SemaphoreProvider();
  }

  @Test
  void aroundACall() throws InterruptedException {
    CompletableFuture<String> reply = limiter.execute(() -> client.send("ping"));
    String answer = limiter.call(() -> client.sendBlocking("ping"));
    assertThat(reply).isCompletedWithValue("re: ping");
    assertThat(answer).isEqualTo("re: ping");
    assertThat(limiter.availablePermits()).isEqualTo(1);
  }

  @Test
  void asADecorator() {
    Function<String, CompletableFuture<String>> send = limiter.decorateFunction(client::send);
    assertThat(send.apply("a")).isCompletedWithValue("re: a");
    assertThat(send.apply("b")).isCompletedWithValue("re: b");
    assertThat(limiter.availablePermits()).isEqualTo(1);
  }

  @Test
  @SuppressWarnings("try") // the permit need not be mentioned
  void acquireAndRelease() throws InterruptedException {
    try (Permit permit = limiter.acquireBlocking()) {
      client.sendBlocking("ping");
    }
    assertThat(limiter.availablePermits()).isEqualTo(1);
  }

  @Test
  void byNameAndBuilt() {
    AsyncRateLimiter byName =
        Limiters.rateLimiter("semaphore", Map.of("max-concurrent", "10", "max-wait", "1s"));
    SemaphoreRateLimiter built =
        SemaphoreRateLimiter.builder(10).maxWait(Duration.ofSeconds(1)).maxWaiters(100).build();
    assertThat(byName.tryAcquire(10)).isPresent();
    assertThat(byName.tryAcquire()).isEmpty();
    assertThat(built.tryAcquire(10)).isPresent();
    built.resize(20);
    assertThat(built.availablePermits()).isEqualTo(10);
  }

  @Test
  void whatIsBuiltHasTheNameItIsGiven() {
    assertThat(SemaphoreRateLimiter.builder(1).build().name()).isEqualTo("semaphore");
    assertThat(SemaphoreRateLimiter.builder(1).name("uploads").build().name()).isEqualTo("uploads");
  }

  @Test
  void aCallThatIsLeftAlone() {
    SemaphoreRateLimiter patient = SemaphoreRateLimiter.builder(1).cancelCalls(false).build();
    CompletableFuture<String> work = new CompletableFuture<>();
    patient.execute(() -> work).cancel(true);
    assertThat(work).isNotDone();
    assertThat(patient.availablePermits()).isZero();
    work.complete("done");
    assertThat(patient.availablePermits()).isEqualTo(1);
  }
}
