package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.CircuitBreakerOpenException;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Retry around breaker around limiters, looked up by name, through an outage and after it.
 *
 * <p>Promises: Composition.
 */
@Tag("unit")
class TripleProtectionTest {
  private final ManualTime time = new ManualTime(Long.MIN_VALUE);
  private final LimiterEnvironment environment =
      LimiterEnvironment.system().withTimeSource(time).withExecutor(time);
  private final AsyncPolicy retry =
      Limiters.policy("retry", Map.of("max-attempts", "3", "initial-delay", "1s"), environment);
  private final CircuitBreaker breaker =
      (CircuitBreaker)
          Limiters.rateLimiter(
              "circuit-breaker", Map.of("failure-threshold", "3", "timeout", "30s"), environment);
  private final AsyncPolicy bucket =
      Limiters.policy(
          "token-bucket", Map.of("rate", "10/s", "capacity", "4", "max-wait", "0s"), environment);
  private final AsyncPolicy semaphore =
      Limiters.policy("semaphore", Map.of("max-concurrent", "2"), environment);
  private final AsyncPolicy stack = AsyncPolicy.compose(retry, breaker, bucket, semaphore);

  private final List<Duration> calls = new ArrayList<>();
  private final long start = time.nanoTime();
  private boolean down;

  private CompletionStage<String> callee() {
    calls.add(Duration.ofNanos(time.nanoTime() - start));
    return down
        ? CompletableFuture.failedFuture(new IllegalStateException("down"))
        : CompletableFuture.completedFuture("up");
  }

  @Test
  void anOutageIsRiddenOut() {
    assertThat(stack.execute(this::callee)).isCompletedWithValue("up");
    down = true;
    CompletableFuture<String> failed = stack.execute(this::callee);
    time.advance(Duration.ofSeconds(3));
    assertThatThrownBy(failed::join).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(calls)
        .containsExactly(
            Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(3));
    assertThat(breaker.state()).isEqualTo(State.OPEN);

    assertThatThrownBy(stack.execute(this::callee)::join)
        .cause()
        .isInstanceOfSatisfying(
            CircuitBreakerOpenException.class,
            refusal -> assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(30)));
    assertThat(calls).as("calls while it is open").hasSize(4);

    down = false;
    time.advance(Duration.ofSeconds(30));
    assertThat(stack.execute(this::callee)).isCompletedWithValue("up");
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(time.pending()).isZero();
  }

  /** What an inner limiter refuses is not the callee's failure, nor retried unless asked for. */
  @Test
  void refusalsInsideAreNeitherFailuresNorRetried() {
    for (int i = 0; i < 4; i++) {
      stack.execute(this::callee);
    }
    for (int i = 0; i < 5; i++) {
      CompletableFuture<String> refused = stack.execute(this::callee);
      assertThatThrownBy(refused::join).hasCauseInstanceOf(RateLimitExceededException.class);
    }
    assertThat(breaker.failureCount()).isZero();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(calls).hasSize(4);
  }

  @Test
  void refusalsAreRetriedWhereOneSaysSo() {
    AsyncPolicy patient =
        AsyncPolicy.compose(
            Limiters.policy(
                "retry",
                Map.of(
                    "initial-delay", "1ms", "retry-on", RateLimitExceededException.class.getName()),
                environment),
            bucket);
    for (int i = 0; i < 4; i++) {
      patient.execute(this::callee);
    }
    CompletableFuture<String> fifth = patient.execute(this::callee);
    time.advance(Duration.ofMillis(99));
    assertThat(fifth).as("not before the refusal's retryAfter").isNotDone();
    time.advance(Duration.ofMillis(1));
    assertThat(fifth).isCompletedWithValue("up");
  }
}
