package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.spi.PermittedCall;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Attempts that hang are ended, and the whole call is.
 *
 * <p>Promises: Retry 4.
 */
@Tag("unit")
class TimeoutsTest {
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMillis(300);

  private final ManualTime time = new ManualTime(-1);
  private final IOException error = new IOException("down");
  private final Callee callee = new Callee();
  private final Told told = new Told();
  private final Retry.Builder builder =
      Retry.builder().name("payments").timeSource(time).executor(time).onRetry(told);

  private static Throwable errorOf(CompletableFuture<?> failed) {
    assertThat(failed).isCompletedExceptionally();
    return failed.handle((value, error) -> error).join();
  }

  // ---- attemptTimeout

  @Test
  void anAttemptThatHangsEndsExactlyThenWithATimeOutAndIsRetried() {
    CompletableFuture<String> result = builder.attemptTimeout(LIMIT).build().execute(callee);
    assertThat(time.pending()).isEqualTo(1);
    time.advance(LIMIT.minus(NANO));
    assertThat(callee.attempt(1)).isNotDone();
    time.advance(NANO);
    Throwable late = errorOf(callee.attempt(1));
    assertThat(late)
        .isInstanceOf(TimeoutException.class)
        .hasMessage("retry 'payments': attempt 1 had not ended after its attemptTimeout of PT0.3S");
    assertThat(told.retries).containsExactly(new Told.Retried(late, 2, SECOND));
    time.advance(SECOND);
    assertThat(callee.started()).isEqualTo(2);
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(time.pending()).isZero();
  }

  @Test
  void theLastAttemptsTimeOutComesOutItself() {
    CompletableFuture<String> result =
        builder.maxAttempts(2).attemptTimeout(LIMIT).build().execute(callee);
    time.advance(LIMIT.plus(SECOND).plus(LIMIT));
    assertThat(errorOf(result))
        .isSameAs(errorOf(callee.attempt(2)))
        .hasMessageContaining("attempt 2");
    assertThat(time.pending()).isZero();
  }

  @Test
  void whatAHangingAttemptGivesLaterIsIgnored() {
    List<CompletableFuture<String>> works = new ArrayList<>();
    CompletableFuture<String> result =
        builder
            .attemptTimeout(LIMIT)
            .build()
            .execute(
                () -> {
                  CompletableFuture<String> work = new CompletableFuture<>();
                  works.add(work);
                  return work.minimalCompletionStage(); // which cannot be ended
                });
    time.advance(LIMIT);
    works.get(0).complete("late");
    assertThat(result).isNotDone();
    assertThat(told.retries).hasSize(1);
    time.advance(SECOND);
    assertThat(works).hasSize(2);
    works.get(1).complete("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(time.pending()).isZero();
  }

  @Test
  void aTimeOutIsRetriedOnlyIfItIsOneOfThoseToRetry() {
    CompletableFuture<String> result =
        builder.retryOn(IOException.class).attemptTimeout(LIMIT).build().execute(callee);
    time.advance(LIMIT);
    assertThat(errorOf(result)).isInstanceOf(TimeoutException.class);
    assertThat(callee.started()).isEqualTo(1);
  }

  @Test
  void anAttemptThatEndsAsItStartsNeedsNoTimer() {
    Retry retry = builder.attemptTimeout(LIMIT).maxAttempts(1).build();
    assertThat(retry.execute(() -> CompletableFuture.completedFuture("up")))
        .isCompletedWithValue("up");
    assertThat(time.pending()).isZero();
    retry.execute(() -> CompletableFuture.failedFuture(error));
    assertThat(time.pending()).isZero();
  }

  @Test
  void anAttemptThatEndsInTimeLeavesNoTimer() {
    builder.attemptTimeout(LIMIT).build().execute(callee);
    callee.fail(error);
    assertThat(time.pending()).isEqualTo(1); // the delay's
    time.advance(SECOND);
    callee.succeed("up");
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 4, All 4. */
  @Test
  void aPolicyInsideHearsTheVeryTimeOutAtOnceThoughTheCalleeHangsOn() {
    ToldPermit permit = new ToldPermit();
    CompletableFuture<String> work = new CompletableFuture<>();
    CompletableFuture<String> result =
        builder
            .maxAttempts(1)
            .attemptTimeout(LIMIT)
            .build()
            .execute(() -> PermittedCall.execute(permit, work::minimalCompletionStage));
    time.advance(LIMIT);
    Throwable late = errorOf(result);
    assertThat(permit.heard).containsExactly("ended by " + late);
    work.complete("late");
    assertThat(permit.heard).containsExactly("ended by " + late, late);
  }

  @Test
  void anEnclosingRetrysTimeOutIsNoCancelForTheInnerOneEither() {
    Retry inner = builder.build();
    CompletableFuture<String> result =
        Retry.builder()
            .name("outer")
            .maxAttempts(1)
            .attemptTimeout(LIMIT)
            .timeSource(time)
            .executor(time)
            .build()
            .execute(() -> inner.execute(callee));
    time.advance(LIMIT);
    Throwable late = errorOf(result);
    assertThat(late).hasMessageContaining("'outer'");
    assertThat(errorOf(callee.attempt(1))).isSameAs(late);
    assertThat(told.retries).isEmpty();
    time.advance(Duration.ofHours(1));
    assertThat(callee.started()).isEqualTo(1);
    assertThat(time.pending()).isZero();
  }

  // ---- totalTimeout

  @Test
  void aDelayThatWouldPassTheTotalFailsAtOnceWithTheLastError() {
    CompletableFuture<String> result =
        builder.totalTimeout(Duration.ofSeconds(3)).build().execute(callee);
    callee.fail(new IOException("first"));
    time.advance(SECOND);
    callee.fail(error); // the delay would be the two seconds that are left
    assertThat(errorOf(result)).isSameAs(error);
    assertThat(told.retries).hasSize(1);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aDelayThatLeavesALittleIsWaitedFor() {
    CompletableFuture<String> result =
        builder.totalTimeout(Duration.ofSeconds(3).plus(NANO)).build().execute(callee);
    callee.fail(error);
    time.advance(SECOND);
    callee.fail(error);
    time.advance(Duration.ofSeconds(2));
    assertThat(callee.started()).isEqualTo(3);
    time.advance(NANO);
    assertThat(errorOf(result)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void whereAResultAskedItIsTheOutcomeOnceTheTimeIsUsedUp() {
    CompletableFuture<String> result =
        builder
            .retryIfResult("busy"::equals)
            .totalTimeout(Duration.ofMillis(500))
            .build()
            .execute(callee);
    callee.succeed("busy");
    assertThat(result).isCompletedWithValue("busy");
  }

  @Test
  void theTotalEndsAnAttemptThatHangsForGood() {
    CompletableFuture<String> result =
        builder
            .initialDelay(Duration.ZERO)
            .attemptTimeout(Duration.ofSeconds(3))
            .totalTimeout(Duration.ofSeconds(3))
            .build()
            .execute(callee);
    time.advance(SECOND);
    callee.fail(error);
    time.runTasks();
    time.advance(Duration.ofSeconds(2).minus(NANO));
    assertThat(result).isNotDone();
    time.advance(NANO);
    assertThat(errorOf(result))
        .isInstanceOf(TimeoutException.class)
        .isSameAs(errorOf(callee.attempt(2)))
        .hasMessage(
            "retry 'payments': attempt 2 had not ended when the call's totalTimeout of PT3S had"
                + " passed");
    assertThat(told.retries).hasSize(1);
    time.advance(Duration.ofHours(1));
    assertThat(callee.started()).isEqualTo(2);
    assertThat(time.pending()).isZero();
  }

  @Test
  void theShorterOfTheTwoEndsAnAttempt() {
    CompletableFuture<String> result =
        builder
            .initialDelay(SECOND)
            .multiplier(1)
            .attemptTimeout(SECOND)
            .totalTimeout(Duration.ofMillis(2_500))
            .build()
            .execute(callee);
    time.advance(SECOND);
    assertThat(errorOf(callee.attempt(1))).hasMessageContaining("attemptTimeout of PT1S");
    time.advance(SECOND);
    time.advance(Duration.ofMillis(500));
    assertThat(errorOf(result)).hasMessageContaining("totalTimeout of PT2.5S");
  }

  @Test
  void aTimerThatRingsTooLateStartsNoAttemptOnceTheTotalHasPassed() {
    List<Runnable> tasks = new ArrayList<>();
    CompletableFuture<String> result =
        builder
            .executor(tasks::add) // a busy one
            .totalTimeout(Duration.ofSeconds(3))
            .build()
            .execute(callee);
    callee.fail(error);
    time.advance(Duration.ofSeconds(3));
    tasks.forEach(Runnable::run);
    assertThat(callee.started()).isEqualTo(1);
    assertThat(errorOf(result)).isSameAs(error);
  }

  @Test
  void immediateRetriesEndWithTheTotal() {
    CompletableFuture<String> result =
        builder
            .maxAttempts(Integer.MAX_VALUE)
            .initialDelay(Duration.ZERO)
            .totalTimeout(Duration.ofSeconds(3))
            .timeSource(new TickingTime(SECOND))
            .build()
            .execute(() -> CompletableFuture.failedFuture(error));
    assertThat(errorOf(result)).isSameAs(error);
    assertThat(told.retries).hasSizeBetween(1, 2);
  }

  @Test
  void theTotalEndsTheFutureThoughALaterAttemptsStartBlocks() throws Exception {
    List<Runnable> tasks = new CopyOnWriteArrayList<>();
    List<RetryEvent.Kind> kinds = new CopyOnWriteArrayList<>();
    CompletableFuture<String> second = new CompletableFuture<>();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(1);
    CompletableFuture<String> result =
        builder
            .initialDelay(Duration.ofMillis(100))
            .totalTimeout(LIMIT)
            .onEvent(event -> kinds.add(event.kind()))
            .executor(tasks::add)
            .build()
            .executeAttempts(
                attempt -> {
                  if (attempt.number() == 1) {
                    return CompletableFuture.failedFuture(error);
                  }
                  started.countDown();
                  try {
                    blocked.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return second;
                });
    time.advance(Duration.ofMillis(100));
    Aside<Boolean> start =
        Aside.start(
            () -> {
              tasks.get(0).run();
              return true;
            });
    started.await();
    time.advance(Duration.ofMillis(200).minus(NANO));
    assertThat(tasks).hasSize(1);
    time.advance(NANO);
    tasks.get(1).run();
    assertThat(errorOf(result))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("attempt 2 had not ended when the call's totalTimeout of PT0.3S");
    assertThat(second).isNotDone();
    blocked.countDown();
    assertThat(start.value()).isTrue();
    assertThat(errorOf(second)).isSameAs(errorOf(result));
    assertThat(kinds).containsExactly(RetryEvent.Kind.RETRY, RetryEvent.Kind.TIME_EXHAUSTED);
    assertThat(time.pending()).isZero();
  }

  @Test
  void aResultThatIsThereAtOnceCountsHoweverLongItsStartTook() {
    CompletableFuture<String> result =
        builder
            .totalTimeout(SECOND)
            .build()
            .execute(
                () -> {
                  time.advance(Duration.ofSeconds(5));
                  return CompletableFuture.completedFuture("slow");
                });
    assertThat(result).isCompletedWithValue("slow");
  }

  /** Promises: Retry 4, All 4. */
  @Test
  void orTimeoutOnTheResultDoesTheSameFromOutside() throws Exception {
    CompletableFuture<String> result = builder.build().execute(callee);
    TimeoutException late = new TimeoutException("mine");
    result.completeExceptionally(late); // what orTimeout does
    assertThat(errorOf(callee.attempt(1))).isSameAs(late);
    CompletableFuture<String> really =
        builder.build().execute(callee).orTimeout(1, TimeUnit.NANOSECONDS);
    assertThat(really.handle((value, thrown) -> thrown).get(30, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(callee.attempt(2)).isCompletedExceptionally();
  }
}
