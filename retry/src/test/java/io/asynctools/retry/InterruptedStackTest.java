package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Through a stack of four: an interrupt, wherever the blocking call waits, ends it, gives back what
 * it had asked for, and counts as nobody's failure.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
@Timeout(120)
class InterruptedStackTest {
  private final ManualTime time = new ManualTime();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder().failureThreshold(2).timeSource(time).executor(time).build();
  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(Rate.parse("1/10s"))
          .capacity(2)
          .timeSource(time)
          .executor(time)
          .build();
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build();
  private final AsyncPolicy stack =
      AsyncPolicy.compose(
          Retry.builder()
              .attemptTimeout(Duration.ofHours(1))
              .timeSource(time)
              .executor(time)
              .build(),
          breaker,
          bucket,
          semaphore);
  private final AtomicInteger starts = new AtomicInteger();
  private final CountDownLatch never = new CountDownLatch(1);

  @Test
  void whileItWaitsForAToken() throws Exception {
    assertThat(bucket.tryAcquire(2)).isPresent();
    interruptedWhen(() -> bucket.waiters() == 1, this::hang);
    assertThat(starts).hasValue(0);
    time.advance(Duration.ofSeconds(10));
    assertThat(bucket.availableTokens()).isEqualTo(1);
  }

  @Test
  void whileItWaitsForTheSemaphore() throws Exception {
    Permit held = semaphore.tryAcquire().orElseThrow();
    interruptedWhen(() -> semaphore.waiters() == 1, this::hang);
    assertThat(starts).hasValue(0);
    held.release();
  }

  @Test
  void whileTheCallRuns() throws Exception {
    interruptedWhen(() -> starts.get() == 1, this::hang);
  }

  @Test
  void whileItWaitsForTheNextAttempt() throws Exception {
    interruptedWhen(
        () -> breaker.failureCount() == 1 && time.pending() == 1, // else the call itself is cut off
        this::fail);
    assertThat(starts).hasValue(1);
    assertThat(breaker.failureCount()).as("the first attempt's own failure").isEqualTo(1);
    breaker.reset();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(semaphore.availablePermits()).isEqualTo(1);
    assertThat(semaphore.waiters() + bucket.waiters()).isZero();
    assertThat(breaker.failureCount()).isZero();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(time.pending()).isZero();
    int before = starts.get();
    time.advance(Duration.ofDays(1));
    assertThat(starts).hasValue(before);
  }

  private interface Callee {
    String call() throws Exception;
  }

  private String hang() throws InterruptedException {
    starts.incrementAndGet();
    never.await();
    return "never";
  }

  private String fail() {
    starts.incrementAndGet();
    throw new IllegalStateException("the first attempt");
  }

  private void interruptedWhen(BooleanSupplier there, Callee callee) throws Exception {
    FutureTask<String> call = new FutureTask<>(() -> stack.<String, Exception>call(callee::call));
    Thread thread = new Thread(call, "caller");
    thread.setDaemon(true);
    thread.start();
    while (!there.getAsBoolean()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    assertThatThrownBy(() -> call.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InterruptedException.class);
  }
}
