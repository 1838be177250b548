package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long is waited between attempts, and who is told. */
@Tag("unit")
class DelaysTest {
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final ManualTime time = new ManualTime(Long.MAX_VALUE - Duration.ofSeconds(2).toNanos());
  private final IOException error = new IOException("down");
  private final Callee callee = new Callee();
  private final Told told = new Told();
  private final Retry.Builder builder =
      Retry.builder().maxAttempts(5).timeSource(time).executor(time).onRetry(told);

  private static RejectedException refusal(@Nullable Duration retryAfter) {
    return new RateLimitExceededException("inner", RejectedException.Reason.RATE, retryAfter);
  }

  /** The delay asked for after one failure. */
  private Duration delayAfter(Throwable failure) {
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.fail(failure);
    result.cancel(true);
    return told.retries.get(0).delay();
  }

  /** Promises: Retry 1. */
  @Test
  void attemptsComeExactlyWhenTheirDelaysHavePassedThoughTheClockWraps() {
    CompletableFuture<String> result =
        builder.maxDelay(Duration.ofSeconds(4)).build().execute(callee);
    int attempt = 1;
    for (int seconds : new int[] {1, 2, 4, 4}) {
      callee.fail(error);
      assertThat(time.pending()).isEqualTo(1);
      time.advance(Duration.ofSeconds(seconds).minus(NANO));
      assertThat(callee.started()).isEqualTo(attempt);
      time.advance(NANO);
      assertThat(callee.started()).isEqualTo(++attempt);
      assertThat(time.pending()).isZero();
    }
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 6. */
  @Test
  void theListenerHearsErrorNextAttemptAndDelayBeforeTheWait() {
    builder.build().execute(callee);
    callee.fail(error);
    assertThat(told.retries).containsExactly(new Told.Retried(error, 2, Duration.ofSeconds(1)));
    time.advance(Duration.ofSeconds(1));
    IOException other = new IOException("still down");
    callee.fail(other);
    assertThat(told.retries.get(1)).isEqualTo(new Told.Retried(other, 3, Duration.ofSeconds(2)));
    time.advance(Duration.ofSeconds(2));
    callee.succeed("up");
    assertThat(told.retries).hasSize(2);
  }

  /** Promises: Retry 6. */
  @Test
  void theListenerHearsNoErrorWhereTheResultAsked() {
    builder.retryIfResult("busy"::equals).build().execute(callee);
    callee.succeed("busy");
    assertThat(told.retries).containsExactly(new Told.Retried(null, 2, Duration.ofSeconds(1)));
  }

  /** Promises: Retry 1. */
  @Test
  void jitterIsDrawnForEachDelay() {
    double[] chance = {0.5, 0.75};
    int[] drawn = {0};
    builder.jitter(Jitter.FULL).random(() -> chance[drawn[0]++]).build().execute(callee);
    callee.fail(error);
    time.advance(Duration.ofMillis(500));
    callee.fail(error);
    assertThat(told.delays()).containsExactly(Duration.ofMillis(500), Duration.ofMillis(1_500));
  }

  /** Promises: Retry 1. */
  @Test
  void decorrelatedJitterGrowsFromTheLastDelayOfTheSameCall() {
    Retry retry = builder.jitter(Jitter.DECORRELATED).random(() -> 0.5).build();
    retry.execute(callee);
    callee.fail(error);
    time.advance(Duration.ofSeconds(2));
    callee.fail(error);
    retry.execute(callee);
    callee.fail(error);
    assertThat(told.delays())
        .containsExactly(Duration.ofSeconds(2), Duration.ofMillis(3_500), Duration.ofSeconds(2));
  }

  /** Promises: Retry 1. */
  @Test
  void chanceIsTheThreadsOwnByDefaultAndKeepsTheBounds() {
    Retry retry = builder.jitter(Jitter.FULL).maxAttempts(2).build();
    for (int i = 0; i < 100; i++) {
      retry.execute(() -> CompletableFuture.failedFuture(error));
    }
    assertThat(told.delays())
        .hasSize(100)
        .allMatch(delay -> !delay.isNegative() && delay.compareTo(Duration.ofSeconds(1)) <= 0);
    assertThat(told.delays().stream().distinct().count()).isGreaterThan(50);
  }

  /** 60 s, the default of the longest delay, cut an initial delay of five minutes. */
  @Test
  void aLongInitialDelayAloneIsNotCut() {
    builder.initialDelay(Duration.ofMinutes(5));
    assertThat(delayAfter(error)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void chanceThatThrowsOrIsOutOfRangeKeepsTheBounds() {
    for (double odd : new double[] {-5, 7, Double.NaN, Double.POSITIVE_INFINITY}) {
      told.retries.clear();
      builder.jitter(Jitter.FULL).random(() -> odd);
      assertThat(delayAfter(error)).isBetween(Duration.ZERO, Duration.ofSeconds(1));
    }
    told.retries.clear();
    builder.random(
        () -> {
          throw new IllegalStateException("no chance");
        });
    assertThat(delayAfter(error)).isBetween(Duration.ZERO, Duration.ofSeconds(1));
  }

  // ---- A refusal's retryAfter

  /** Promises: Retry 3. */
  @Test
  void aRefusalIsRetriedNoEarlierThanItSays() {
    builder.retryOn(RejectedException.class);
    assertThat(delayAfter(refusal(Duration.ofSeconds(7)))).isEqualTo(Duration.ofSeconds(7));
  }

  /** Promises: Retry 2, Retry 3. */
  @Test
  void aRefusalInsideACompletionExceptionIsSeenInABlockingCallToo() {
    Retry retry =
        builder
            .retryOn(RejectedException.class)
            .onRetry(
                (error, nextAttempt, delay) -> {
                  Thread.currentThread().interrupt(); // ends the wait
                })
            .build();
    assertThatThrownBy(
            () ->
                retry.call(
                    () -> {
                      throw new CompletionException(refusal(Duration.ofSeconds(7)));
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(told.delays()).containsExactly(Duration.ofSeconds(7));
  }

  /** Promises: Retry 3. */
  @Test
  void aRefusalMayAskForMoreThanTheLongestDelay() {
    builder.retryOn(RejectedException.class).maxDelay(Duration.ofSeconds(2));
    assertThat(delayAfter(refusal(Duration.ofHours(1)))).isEqualTo(Duration.ofHours(1));
  }

  /** Promises: Retry 3. */
  @ParameterizedTest
  @ValueSource(strings = {"PT0.5S", "PT0S", "PT-1S", "PT-2562047788015215H"})
  void aRefusalThatSaysLessOrThePastLeavesTheBackoff(Duration retryAfter) {
    builder.retryOn(RejectedException.class);
    assertThat(delayAfter(refusal(retryAfter))).isEqualTo(Duration.ofSeconds(1));
  }

  /** Promises: Retry 3. */
  @Test
  void aRefusalThatSaysNothingLeavesTheBackoff() {
    builder.retryOn(RejectedException.class);
    assertThat(delayAfter(refusal(null))).isEqualTo(Duration.ofSeconds(1));
  }

  /** Promises: Retry 3. */
  @Test
  void aRefusalForEverIsWaitedForAsLongAsTimeCounts() {
    CompletableFuture<String> result =
        builder.retryOn(RejectedException.class).build().execute(callee);
    callee.fail(refusal(FOREVER));
    assertThat(told.delays()).containsExactly(Duration.ofNanos(Long.MAX_VALUE));
    time.advance(Duration.ofDays(36_500));
    assertThat(callee.started()).isEqualTo(1);
    assertThat(result).isNotDone();
    result.cancel(true);
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 1. */
  @Test
  void theNextDelayIsTheBackoffsAgain() {
    builder.retryOn(RejectedException.class).build().execute(callee);
    callee.fail(refusal(Duration.ofSeconds(30)));
    time.advance(Duration.ofSeconds(30));
    callee.fail(refusal(Duration.ZERO));
    assertThat(told.delays()).containsExactly(Duration.ofSeconds(30), Duration.ofSeconds(2));
  }

  /** Promises: Retry 3. */
  @Test
  void closedIsARefusalWithoutATime() {
    builder.retryOn(RejectedException.class);
    assertThat(delayAfter(new LimiterClosedException("inner"))).isEqualTo(Duration.ofSeconds(1));
  }

  // ---- The user's function

  /** Promises: Retry 3. */
  @Test
  void theFunctionIsAskedAboutTheAttemptAndItsAnswerIsTheDelay() {
    List<List<Object>> asked = new ArrayList<>();
    builder
        .maxDelay(Duration.ofSeconds(5))
        .retryIfResult("busy"::equals)
        .delay(
            (failure, result, nextAttempt, computed) -> {
              asked.add(Arrays.asList(failure, result, nextAttempt, computed));
              return Duration.ofSeconds(10L * nextAttempt);
            })
        .build()
        .execute(callee);
    callee.fail(error);
    time.advance(Duration.ofSeconds(20));
    callee.succeed("busy");
    assertThat(asked)
        .containsExactly(
            Arrays.asList(error, null, 2, Duration.ofSeconds(1)),
            Arrays.asList(null, "busy", 3, Duration.ofSeconds(2)));
    assertThat(told.delays()).containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(30));
    time.advance(Duration.ofSeconds(30).minus(NANO));
    assertThat(callee.started()).isEqualTo(2);
    time.advance(NANO);
    assertThat(callee.started()).isEqualTo(3);
  }

  /** Promises: Retry 3. */
  @Test
  void theFunctionHearsWhatARefusalSaysAndMayDisagree() {
    List<Duration> computed = new ArrayList<>();
    builder
        .retryOn(RejectedException.class)
        .delay(
            (failure, result, nextAttempt, proposed) -> {
              computed.add(proposed);
              return Duration.ofMillis(5);
            });
    assertThat(delayAfter(refusal(Duration.ofSeconds(7)))).isEqualTo(Duration.ofMillis(5));
    assertThat(computed).containsExactly(Duration.ofSeconds(7));
  }

  /** Promises: Retry 3. */
  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-2562047788015215H"})
  void anAnswerOfNothingOrLessIsNoDelay(Duration answer) {
    builder.delay((failure, result, nextAttempt, computed) -> answer);
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.fail(error);
    assertThat(told.delays()).containsExactly(Duration.ZERO);
    assertThat(time.pending()).isZero();
    time.runTasks();
    assertThat(callee.started()).isEqualTo(2);
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
  }

  /** Promises: Retry 3. */
  @Test
  void aHugeAnswerIsSaturated() {
    builder.delay((failure, result, nextAttempt, computed) -> FOREVER);
    assertThat(delayAfter(error)).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 1. */
  @Test
  void durationsOverThreeCenturiesAreLegal() {
    Retry retry =
        builder
            .initialDelay(Duration.ofSeconds(Long.MAX_VALUE - 1))
            .maxDelay(FOREVER)
            .attemptTimeout(FOREVER)
            .totalTimeout(FOREVER)
            .build();
    CompletableFuture<String> result = retry.execute(callee);
    time.advance(Duration.ofDays(36_500));
    assertThat(result).isNotDone();
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(time.pending()).isZero();
  }
}
