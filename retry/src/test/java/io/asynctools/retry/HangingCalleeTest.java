package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.CircuitBreakerOpenException;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A callee that hangs opens the breaker by the attempts' time-outs, and by nothing else.
 *
 * <p>Promises: All 4, Retry 4.
 */
@Tag("unit")
@Timeout(120)
class HangingCalleeTest {
  private final ManualTime time = new ManualTime();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder().failureThreshold(3).timeSource(time).executor(time).build();
  private final AsyncPolicy stack =
      AsyncPolicy.compose(
          Retry.builder()
              .maxAttempts(5)
              .initialDelay(Duration.ZERO)
              .attemptTimeout(Duration.ofSeconds(1))
              .timeSource(time)
              .executor(time)
              .build(),
          breaker);

  private static CompletionStage<String> hang() {
    return new CompletableFuture<>();
  }

  private static CompletionStage<String> hangUnreachably() {
    return new CompletableFuture<>() {
      @Override
      public CompletableFuture<String> toCompletableFuture() {
        throw new UnsupportedOperationException("not to be ended from outside");
      }
    };
  }

  @Test
  void attemptTimeoutsOpenTheBreaker() {
    opensTheBreaker(HangingCalleeTest::hang);
  }

  @Test
  void attemptTimeoutsOpenTheBreakerThoughNobodyReachesTheCallee() {
    opensTheBreaker(HangingCalleeTest::hangUnreachably);
  }

  private void opensTheBreaker(Supplier<CompletionStage<String>> callee) {
    CompletableFuture<String> result = stack.execute(callee);
    time.advance(Duration.ofMillis(2_999));
    assertThat(breaker.failureCount()).isEqualTo(2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    time.advance(Duration.ofMillis(1));
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThatThrownBy(result::join).hasCauseInstanceOf(CircuitBreakerOpenException.class);
    assertThat(time.pending()).isZero();
  }

  @Test
  void callersWhoCancelDoNotOpenIt() {
    for (int i = 0; i < 10; i++) {
      CompletableFuture<String> result = stack.execute(HangingCalleeTest::hang);
      time.advance(Duration.ofMillis(900));
      result.cancel(true);
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isZero();
    assertThat(time.pending()).isZero();
  }

  /** An interrupt ends the attempt, and is a failure because it stands for the time-out. */
  @Test
  void attemptTimeoutsOfBlockingCallsOpenTheBreaker() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger entered = new AtomicInteger(); // past the breaker, which then counts the time-out
    FutureTask<String> call =
        new FutureTask<>(
            () ->
                stack.<String, InterruptedException>call(
                    () -> {
                      entered.incrementAndGet();
                      never.await();
                      return "never";
                    }));
    Thread thread = new Thread(call, "caller");
    thread.setDaemon(true);
    thread.start();
    for (int attempt = 1; attempt <= 3; attempt++) {
      int reached = attempt;
      Aside.await(() -> entered.get() == reached);
      time.advance(Duration.ofSeconds(1));
    }
    // A fourth attempt may start before the breaker has counted the third time-out, on this thread.
    Aside.await(() -> call.isDone() || entered.get() == 4);
    time.advance(Duration.ofSeconds(1));
    assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CircuitBreakerOpenException.class);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(time.pending()).isZero();
  }

  /** Callers who are interrupted from elsewhere say nothing about the callee. */
  @Test
  void callersWhoAreInterruptedDoNotOpenIt() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < 5; i++) {
      FutureTask<String> call =
          new FutureTask<>(
              () ->
                  stack.<String, InterruptedException>call(
                      () -> {
                        never.await();
                        return "never";
                      }));
      Thread thread = new Thread(call, "caller");
      thread.setDaemon(true);
      thread.start();
      awaitTimer();
      thread.interrupt();
      assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(InterruptedException.class);
    }
    assertThat(breaker.failureCount()).isZero();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aTimeOutFromOutsideOpensItToo() {
    for (int i = 0; i < 3; i++) {
      CompletableFuture<String> result = stack.execute(HangingCalleeTest::hang);
      result.completeExceptionally(new TimeoutException("the caller's own"));
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(time.pending()).isZero();
  }

  /** The attempt has begun: its time-out is set. */
  private void awaitTimer() {
    while (time.pending() == 0) {
      Thread.onSpinWait();
    }
  }
}
