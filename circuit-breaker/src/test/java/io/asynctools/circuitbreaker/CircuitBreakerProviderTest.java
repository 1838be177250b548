package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.LimiterProviderContract;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Look-up by name, and the README's examples. */
@Tag("unit")
class CircuitBreakerProviderTest extends LimiterProviderContract {
  private final ManualTime time = new ManualTime();
  private final Client client = new Client();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder().failureThreshold(1).timeSource(time).build();

  /** Whatever the user calls. */
  private static final class Client {
    private final List<String> sent = new ArrayList<>();
    private boolean down;

    CompletableFuture<Reply> send(String message) {
      sent.add(message);
      return down
          ? CompletableFuture.failedFuture(new IOException("down"))
          : CompletableFuture.completedFuture(new Reply("re: " + message, 200));
    }

    Reply sendBlocking(String message) throws IOException {
      sent.add(message);
      if (down) {
        throw new IOException("down");
      }
      return new Reply("re: " + message, 200);
    }
  }

  record Reply(String text, int status) {}

  @Override
  protected LimiterProvider<?> provider() {
    return new CircuitBreakerProvider();
  }

  // ---- The README's examples

  @Test
  void aroundACall() throws Exception {
    CompletableFuture<Reply> reply = breaker.execute(() -> client.send("ping"));
    Reply answer = breaker.call(() -> client.sendBlocking("ping"));
    assertThat(reply).isCompletedWithValue(new Reply("re: ping", 200));
    assertThat(answer.text()).isEqualTo("re: ping");
    client.down = true;
    assertThatThrownBy(() -> breaker.call(() -> client.sendBlocking("ping")))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> breaker.call(() -> client.sendBlocking("ping")))
        .isInstanceOf(CircuitBreakerOpenException.class);
    assertThat(client.sent).hasSize(3);
  }

  @Test
  void asADecorator() {
    Function<String, CompletableFuture<Reply>> send = breaker.decorateFunction(client::send);
    assertThat(send.apply("a")).isCompletedWithValue(new Reply("re: a", 200));
    client.down = true;
    assertThat(send.apply("b")).isCompletedExceptionally();
    assertThat(failure(send.apply("c"))).isInstanceOf(CircuitBreakerOpenException.class);
    assertThat(client.sent).containsExactly("a", "b");
  }

  @Test
  void acquireAndRecord() throws Exception {
    acquireAndSend();
    client.down = true;
    assertThatThrownBy(this::acquireAndSend).isInstanceOf(IOException.class);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  private void acquireAndSend() throws IOException, InterruptedException {
    Permit permit = breaker.acquireBlocking();
    try {
      client.sendBlocking("ping");
      permit.recordSuccess();
    } catch (IOException e) {
      permit.recordFailure(e);
      throw e;
    } finally {
      permit.release(); // whatever else happened; after the others it does nothing
    }
  }

  @Test
  void byNameAndBuilt() {
    List<String> log = new ArrayList<>();
    AsyncRateLimiter byName =
        Limiters.rateLimiter("circuit-breaker", Map.of("failure-threshold", "5", "timeout", "30s"));
    CircuitBreaker built =
        CircuitBreaker.builder()
            .countWindow(100)
            .failureRateThreshold(0.5)
            .slowCallDuration(Duration.ofSeconds(2))
            .recordFailureIf(error -> error instanceof IOException)
            .recordFailureIfResult(reply -> ((Reply) reply).status() >= 500)
            .onStateChange((from, to) -> log.add(from + " to " + to))
            .build();
    assertThat(byName.execute(() -> client.send("ping"))).isCompleted();
    assertThat(built.execute(() -> client.send("ping"))).isCompleted();
    built.forceOpen();
    assertThat(log).containsExactly("CLOSED to OPEN");
  }

  private static final class Busy extends IOException {
    private static final long serialVersionUID = 1L;

    Duration retryAfter() {
      return Duration.ofSeconds(7);
    }
  }

  @Test
  void theFailureDecidesHowLong() {
    CircuitBreaker polite =
        CircuitBreaker.builder()
            .timeoutFunction(
                (error, result) -> error instanceof Busy busy ? busy.retryAfter() : null)
            .build();
    for (int i = 0; i < 5; i++) {
      Steps.failWith(polite, new Busy());
    }
    assertThat(polite.state()).isEqualTo(State.OPEN);
    assertThat(polite.estimateWait(1)).isLessThanOrEqualTo(Duration.ofSeconds(7));
  }

  /** Promises: Composition. */
  @Test
  void placeInAStack() {
    AsyncPolicy retry = breaker;
    AsyncPolicy limiter = CircuitBreaker.builder().build();
    AsyncPolicy semaphore = CircuitBreaker.builder().build();
    AsyncPolicy stack = AsyncPolicy.compose(retry, limiter, breaker, semaphore);
    assertThat(stack.execute(() -> client.send("ping"))).isCompleted();
  }

  // ---- Look-up by name

  @Test
  void everyOptionIsHeardOf() {
    AsyncRateLimiter limiter =
        Limiters.rateLimiter(
            "circuit-breaker",
            Map.of(
                "timeout", "10s",
                "half-open-max-calls", "2",
                "probe-timeout", "3s",
                "time-window", "5m",
                "failure-rate-threshold", "0.25",
                "minimum-calls", "4",
                "slow-call-duration", "250ms",
                "slow-call-rate-threshold", "0.75"),
            LimiterEnvironment.system().withTimeSource(time).withName("payments"));
    assertThat(limiter).isInstanceOf(CircuitBreaker.class);
    BreakerRule rule = ((CircuitBreaker) limiter).rule;
    assertThat(limiter.name()).isEqualTo("payments");
    assertThat(rule.timeoutNanos).isEqualTo(Duration.ofSeconds(10).toNanos());
    assertThat(rule.halfOpenMaxCalls).isEqualTo(2);
    assertThat(rule.probeTimeoutNanos).isEqualTo(Duration.ofSeconds(3).toNanos());
    assertThat(rule.timeWindowNanos).isEqualTo(Duration.ofMinutes(5).toNanos());
    assertThat(rule.slowNanos).isEqualTo(Duration.ofMillis(250).toNanos());
    assertThat(rule.trips(3, 3, 3)).as("below minimum-calls").isFalse();
    assertThat(rule.trips(4, 1, 0)).as("a quarter failed").isTrue();
    assertThat(rule.trips(5, 1, 3)).as("less than that failed, or was slow").isFalse();
    assertThat(rule.trips(8, 0, 6)).as("three quarters slow").isTrue();
    CircuitBreaker counting =
        (CircuitBreaker) Limiters.rateLimiter("circuit-breaker", Map.of("count-window", "30"));
    assertThat(counting.rule.countWindow).isEqualTo(30);
  }

  @Test
  void everyOptionOfProbesAndOfTheOpenTimeIsHeardOf() {
    BreakerRule rule =
        rule(
            Map.of(
                "failure-threshold", "7",
                "half-open-successes", "4",
                "timeout-multiplier", "1.5",
                "max-timeout", "100s"));
    assertThat(rule.failureThreshold).isEqualTo(7);
    assertThat(rule.successesToClose).isEqualTo(4);
    assertThat(rule.failuresToReopen).isEqualTo(1);
    Trip trip = Trip.slow("a slow probe");
    assertThat(rule.openNanos(1, trip)).isEqualTo(Duration.ofSeconds(90).toNanos());
    assertThat(rule.openNanos(2, trip)).isEqualTo(Duration.ofSeconds(100).toNanos());
    BreakerRule rated =
        rule(
            Map.of(
                "count-window", "10",
                "slow-call-duration", "1s",
                "slow-probes-fail", "false",
                "half-open-minimum-calls", "10",
                "half-open-failure-rate-threshold", "0.3"));
    assertThat(rated.failuresToReopen).isEqualTo(3);
    assertThat(rated.successesToClose).isEqualTo(8);
    assertThat(rated.slowProbeNanos).isEqualTo(BreakerRule.NEVER);
  }

  private static BreakerRule rule(Map<String, String> options) {
    return ((CircuitBreaker) Limiters.rateLimiter("circuit-breaker", options)).rule;
  }

  @Test
  void theDefaultsByNameAreTheBuilders() {
    BreakerRule byName = ((CircuitBreaker) Limiters.rateLimiter("circuit-breaker", Map.of())).rule;
    CircuitBreaker built = CircuitBreaker.builder().build();
    assertThat(byName)
        .usingRecursiveComparison()
        .ignoringFieldsMatchingRegexes("guarded.*")
        .isEqualTo(built.rule);
    assertThat(built.rule.failureThreshold).isEqualTo(5);
    assertThat(built.rule.timeoutNanos).isEqualTo(Duration.ofSeconds(60).toNanos());
    assertThat(built.rule.probeTimeoutNanos).isEqualTo(Duration.ofSeconds(60).toNanos());
    assertThat(built.rule.halfOpenMaxCalls).isEqualTo(1);
    assertThat(built.name()).isEqualTo("circuit-breaker");
  }

  @Test
  void itWorksByName() {
    AsyncRateLimiter limiter =
        Limiters.rateLimiter(
            "circuit-breaker",
            Map.of("failure-threshold", "1"),
            LimiterEnvironment.system().withTimeSource(time));
    Steps.fail(limiter);
    assertThat(limiter.tryAcquire()).isEmpty();
    time.advance(Duration.ofSeconds(60));
    Steps.succeed(limiter);
    assertThat(((CircuitBreaker) limiter).state()).isEqualTo(State.CLOSED);
  }
}
