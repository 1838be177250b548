package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.perkey.PerKeyRateLimiter;
import io.asynctools.retry.Retry;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same faults for those that make nobody wait, and for a stack of all.
 *
 * <p>Promises: All 6, All 7, Retry 7.
 */
@Tag("unit")
class OtherPoliciesTest {
  static {
    Quiet.please();
  }

  private static final int ATTEMPTS = 3;

  private final ManualTime time = new ManualTime(-1);
  private final Deque<CompletableFuture<String>> stages = new ArrayDeque<>();
  private int attempts;
  private int most;

  static Stream<Arguments> faults() {
    List<Arguments> all = new ArrayList<>();
    for (FaultyExecutor.Fault executor : FaultyExecutor.Fault.values()) {
      for (FaultyTime.Fault timer : FaultyTime.Fault.values()) {
        all.add(Arguments.of(executor, timer));
      }
    }
    return all.stream();
  }

  private CompletableFuture<String> attempt() {
    attempts++;
    CompletableFuture<String> stage = new CompletableFuture<>();
    stages.removeIf(CompletableFuture::isDone);
    stages.add(stage);
    most = Math.max(most, stages.size());
    return stage;
  }

  private void failWhatRuns() {
    for (CompletableFuture<String> stage : List.copyOf(stages)) {
      stage.completeExceptionally(new IllegalStateException("failed"));
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aRetryMakesOneAttemptAtATimeAndItsCallerHears(
      FaultyExecutor.Fault executorFault, FaultyTime.Fault timerFault) {
    FaultyExecutor executor = new FaultyExecutor(time, executorFault);
    Retry retry =
        Retry.builder()
            .maxAttempts(ATTEMPTS)
            .initialDelay(Duration.ofSeconds(1))
            .timeSource(new FaultyTime(time, timerFault))
            .executor(executor)
            .build();
    CompletableFuture<String> future = retry.execute(this::attempt);
    executor.shutDown();
    for (int i = 0; i < 10; i++) {
      failWhatRuns();
      time.advance(Duration.ofSeconds(5));
    }
    if (timerFault == FaultyTime.Fault.NEVER) {
      future.cancel(true); // or it would wait for ever
    }
    assertThat(future).isDone();
    assertThat(most).as("attempts at once").isEqualTo(1);
    assertThat(attempts).isBetween(1, ATTEMPTS);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aStackGivesBackAllThatItTook(
      FaultyExecutor.Fault executorFault, FaultyTime.Fault timerFault) {
    FaultyExecutor executor = new FaultyExecutor(time, executorFault);
    FaultyTime faulty = new FaultyTime(time, timerFault);
    SemaphoreRateLimiter semaphore =
        SemaphoreRateLimiter.builder(1).timeSource(faulty).executor(executor).build();
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(2)
            .timeSource(faulty)
            .executor(executor)
            .build();
    CircuitBreaker breaker =
        CircuitBreaker.builder()
            .failureThreshold(100)
            .timeSource(faulty)
            .executor(executor)
            .build();
    Retry retry =
        Retry.builder()
            .maxAttempts(ATTEMPTS)
            .initialDelay(Duration.ofSeconds(1))
            .timeSource(faulty)
            .executor(executor)
            .build();
    AsyncPolicy stack = AsyncPolicy.compose(retry, bucket, breaker, semaphore);
    List<CompletableFuture<String>> futures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      futures.add(stack.execute(this::attempt));
    }
    executor.shutDown();
    futures.get(1).cancel(true);
    for (int i = 0; i < 50; i++) {
      failWhatRuns();
      time.advance(Duration.ofSeconds(5));
    }
    futures.forEach(future -> future.cancel(true)); // those for whom the timer never rings
    failWhatRuns();
    time.advance(Duration.ofSeconds(10));

    assertThat(futures).allMatch(CompletableFuture::isDone);
    assertThat(most).as("calls at once").isEqualTo(1);
    assertThat(semaphore.isIdle()).as("the semaphore has all its permits").isTrue();
    assertThat(bucket.isIdle()).as("the bucket is full, and nobody waits").isTrue();
  }

  /** A breaker needs neither: its probes come and go by the clock. */
  @ParameterizedTest
  @EnumSource(FaultyTime.Fault.class)
  void aBreakerNeedsNeitherTimerNorExecutor(FaultyTime.Fault timerFault) {
    CircuitBreaker breaker =
        CircuitBreaker.builder()
            .failureThreshold(1)
            .timeout(Duration.ofSeconds(1))
            .timeSource(new FaultyTime(time, timerFault))
            .executor(new FaultyExecutor(time, FaultyExecutor.Fault.ALWAYS_REJECTS))
            .build();
    assertThat(breaker.execute(() -> null)).isCompletedExceptionally();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(Duration.ofSeconds(1));
    assertThat(
            breaker.<String>execute(
                () -> {
                  throw new OutOfMemoryError("of the call");
                }))
        .isCompletedExceptionally();
    assertThat(breaker.state()).as("after a probe that ran out of memory").isEqualTo(State.OPEN);
    time.advance(Duration.ofSeconds(1));
    assertThat(breaker.execute(() -> CompletableFuture.completedFuture("done")))
        .isCompletedWithValue("done");
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aFactoryThatRunsOutOfMemoryLeavesNothingBehind() {
    boolean[] works = {false};
    PerKeyRateLimiter<String, SemaphoreRateLimiter> limiters =
        PerKeyRateLimiter.builder()
            .keepIdleKeys()
            .maxKeys(1)
            .timeSource(time)
            .executor(time)
            .build(
                key -> {
                  if (!works[0]) {
                    throw new OutOfMemoryError("of the factory");
                  }
                  return SemaphoreRateLimiter.builder(1).timeSource(time).executor(time).build();
                });
    CompletableFuture<Permit> failed = limiters.forKey("a").acquire();
    assertThat(failed).isCompletedExceptionally();
    assertThat(limiters.execute("b", this::attempt)).isCompletedExceptionally();
    assertThat(limiters.size()).isZero();
    assertThat(attempts).isZero();
    works[0] = true;
    assertThat(limiters.forKey("b").tryAcquire()).isPresent();
    assertThat(limiters.size()).isOne();
  }
}
