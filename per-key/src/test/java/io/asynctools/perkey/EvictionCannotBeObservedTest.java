package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A key is kept, however long nobody uses it, while a fresh limiter would admit what its own
 * refuses; and is gone with the next walk afterwards. Walks come every second.
 *
 * <p>Promises: Per key 2, All 12.
 */
@Tag("unit")
class EvictionCannotBeObservedTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration NANO = Duration.ofNanos(1);

  private final ManualTime time = new ManualTime(-5_000_000_000L);

  @Test
  void anExhaustedBucketIsKeptUntilItIsFull() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = keys(this::bucket);
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire(2)).isPresent();
    staysFor(keys, Duration.ofHours(1).minus(NANO));
    assertThat(view.tryAcquire()).as("a nanosecond before the first token").isEmpty();
    staysFor(keys, Duration.ofHours(1));
    goes(keys, NANO);
    assertThat(view.tryAcquire(2)).isPresent();
    assertThat(view.tryAcquire()).isEmpty();
  }

  @Test
  void aBucketWithAWaiterIsKeptAndTheWaiterIsServed() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = keys(this::bucket);
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire(2)).isPresent();
    CompletableFuture<Permit> waiter = view.acquire(2);
    staysFor(keys, Duration.ofHours(2).minus(NANO));
    assertThat(waiter).isNotDone();
    time.advance(NANO);
    assertThat(waiter).isCompleted();
    staysFor(keys, Duration.ofHours(2).minus(NANO));
    goes(keys, NANO);
  }

  @Test
  void aSemaphoreWithAPermitOutOrAWaiterIsKept() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys = keys(this::semaphore);
    AsyncRateLimiter view = keys.forKey("a");
    Permit held = view.tryAcquire().orElseThrow();
    CompletableFuture<Permit> waiter = view.acquire();
    staysFor(keys, Duration.ofHours(10));
    held.release();
    time.runTasks();
    assertThat(waiter).isCompleted();
    staysFor(keys, Duration.ofHours(10));
    assertThat(view.tryAcquire()).as("a second permit of one").isEmpty();
    waiter.join().release();
    goes(keys, Duration.ZERO);
    assertThat(view.tryAcquire()).isPresent();
  }

  @Test
  void aRunningCallKeepsItsSemaphore() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys = keys(this::semaphore);
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = keys.execute("a", () -> running);
    staysFor(keys, Duration.ofHours(10));
    running.complete("over");
    assertThat(result).isCompletedWithValue("over");
    goes(keys, Duration.ZERO);
  }

  @Test
  void anOpenBreakerIsKeptForTwiceItsTimeout() {
    PerKeyRateLimiter<String, CircuitBreaker> keys = keys(this::breaker);
    AsyncRateLimiter view = keys.forKey("a");
    fail(view, 3);
    assertThat(state(keys)).isEqualTo(State.OPEN);
    staysFor(keys, Duration.ofMinutes(2).minus(NANO));
    goes(keys, NANO);
  }

  @Test
  void anOpenBreakerThatIsUsedStaysOpen() {
    PerKeyRateLimiter<String, CircuitBreaker> keys = keys(this::breaker);
    AsyncRateLimiter view = keys.forKey("a");
    fail(view, 3);
    for (int i = 0; i < 10; i++) {
      time.advance(Duration.ofSeconds(5));
      assertThat(view.tryAcquire()).as("a call of an open breaker").isEmpty();
    }
  }

  @Test
  void aBreakerThatWasForcedOpenIsKept() {
    PerKeyRateLimiter<String, CircuitBreaker> keys = keys(this::breaker);
    keys.with(
        "a",
        breaker -> {
          breaker.forceOpen();
          return true;
        });
    staysFor(keys, Duration.ofHours(10));
  }

  @Test
  void aClosedBreakerKeepsItsFailuresForItsTimeout() {
    PerKeyRateLimiter<String, CircuitBreaker> keys = keys(this::breaker);
    AsyncRateLimiter view = keys.forKey("a");
    fail(view, 2);
    staysFor(keys, Duration.ofMinutes(1).minus(NANO));
    assertThat(keys.<Integer>with("a", CircuitBreaker::failureCount)).isEqualTo(2);
    fail(view, 1);
    assertThat(state(keys)).isEqualTo(State.OPEN);
  }

  @Test
  void aBreakerWithNothingToRememberGoes() {
    PerKeyRateLimiter<String, CircuitBreaker> keys = keys(this::breaker);
    keys.forKey("a").tryAcquire().orElseThrow().recordSuccess();
    goes(keys, SECOND);
  }

  @Test
  void aChangedBucketIsKeptUntilItIsAsItWasBuilt() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = keys(this::bucket);
    reconfigure(keys, 5);
    staysFor(keys, Duration.ofHours(10));
    assertThat(keys.<Long>with("a", TokenBucketRateLimiter::availableTokens)).isEqualTo(5);
    reconfigure(keys, 2);
    goes(keys, SECOND);
  }

  private static void reconfigure(
      PerKeyRateLimiter<String, TokenBucketRateLimiter> keys, long capacity) {
    keys.with(
        "a",
        bucket -> {
          bucket.reconfigure(Rate.parse("1/h"), capacity);
          return true;
        });
  }

  @Test
  void aResizedSemaphoreIsKept() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys = keys(this::semaphore);
    keys.with(
        "a",
        semaphore -> {
          semaphore.resize(3);
          return true;
        });
    staysFor(keys, Duration.ofHours(10));
    assertThat(keys.forKey("a").tryAcquire(3)).isPresent();
  }

  // ---- The limiters, the steps

  private TokenBucketRateLimiter bucket() {
    return TokenBucketRateLimiter.builder(Rate.parse("1/h"))
        .capacity(2)
        .timeSource(time)
        .executor(time)
        .build();
  }

  private SemaphoreRateLimiter semaphore() {
    return SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build();
  }

  private CircuitBreaker breaker() {
    return CircuitBreaker.builder()
        .failureThreshold(3)
        .timeout(Duration.ofMinutes(1))
        .timeSource(time)
        .executor(time)
        .build();
  }

  private <L extends AsyncRateLimiter> PerKeyRateLimiter<String, L> keys(Supplier<L> limiters) {
    return PerKeyRateLimiter.builder()
        .maxIdle(NANO)
        .cleanupInterval(SECOND)
        .timeSource(time)
        .executor(time)
        .build(key -> limiters.get());
  }

  private static void fail(AsyncRateLimiter breaker, int times) {
    for (int i = 0; i < times; i++) {
      breaker.tryAcquire().orElseThrow().recordFailure(new IllegalStateException());
    }
  }

  private static State state(PerKeyRateLimiter<String, CircuitBreaker> keys) {
    return keys.with("a", CircuitBreaker::state);
  }

  private void staysFor(PerKeyRateLimiter<?, ?> keys, Duration duration) {
    time.advance(duration);
    assertThat(keys.size()).as("keys, after %s", duration).isEqualTo(1);
  }

  /** With the next walk, once so much time has passed. */
  private void goes(PerKeyRateLimiter<?, ?> keys, Duration duration) {
    time.advance(duration);
    time.advance(SECOND);
    assertThat(keys.size()).as("keys, %s and a second later", duration).isZero();
    assertThat(time.pending()).as("timers, without a key").isZero();
  }
}
