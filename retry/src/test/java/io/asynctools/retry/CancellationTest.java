package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.PermittedCall;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ending the result ends whatever goes on, and nothing follows.
 *
 * <p>Promises: Retry 7, All 4.
 */
@Tag("unit")
class CancellationTest {
  private final ManualTime time = new ManualTime();
  private final IOException error = new IOException("down");
  private final TimeoutException late = new TimeoutException("the caller's");
  private final Callee callee = new Callee();
  private final Told told = new Told();
  private final Retry.Builder builder =
      Retry.builder()
          .maxAttempts(10)
          .attemptTimeout(Duration.ofMinutes(1))
          .timeSource(time)
          .executor(time)
          .onRetry(told);

  /** How a caller may end what {@code execute} returned. */
  enum Way {
    CANCEL(result -> result.cancel(false)),
    EXCEPTION(result -> result.completeExceptionally(new TimeoutException("the caller's"))),
    VALUE(result -> result.complete("mine")),
    VALUE_ELSEWHERE(result -> result.completeAsync(() -> "mine", Runnable::run));

    final Consumer<CompletableFuture<String>> end;

    Way(Consumer<CompletableFuture<String>> end) {
      this.end = end;
    }

    void isWhatTheAttemptSees(CompletableFuture<String> attempt) {
      if (this == EXCEPTION) {
        assertThat(attempt).isCompletedExceptionally().isNotCancelled();
      } else {
        assertThat(attempt).isCancelled();
      }
    }
  }

  private int startedAtTheEnd;
  private int toldAtTheEnd;

  private void end(Way way, CompletableFuture<String> result) {
    startedAtTheEnd = callee.started();
    toldAtTheEnd = told.retries.size();
    way.end.accept(result);
    assertThat(result).isDone();
    assertThat(time.pending()).as("timers left").isZero();
  }

  @AfterEach
  void nothingFollows() {
    time.advance(Duration.ofDays(1));
    assertThat(callee.started()).isEqualTo(startedAtTheEnd);
    assertThat(told.retries).hasSize(toldAtTheEnd);
    assertThat(time.pending()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void whileTheFirstAttemptRuns(Way way) {
    CompletableFuture<String> result = builder.build().execute(callee);
    end(way, result);
    way.isWhatTheAttemptSees(callee.attempt(1));
  }

  @ParameterizedTest
  @EnumSource
  void whileALaterAttemptRuns(Way way) {
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.fail(error);
    time.advance(Duration.ofSeconds(1));
    end(way, result);
    way.isWhatTheAttemptSees(callee.attempt(2));
  }

  @ParameterizedTest
  @EnumSource
  void duringADelay(Way way) {
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.fail(error);
    time.advance(Duration.ofMillis(500));
    end(way, result);
  }

  @ParameterizedTest
  @EnumSource
  void betweenTheTimerAndTheExecutor(Way way) {
    List<Runnable> tasks = new ArrayList<>();
    CompletableFuture<String> result = builder.executor(tasks::add).build().execute(callee);
    callee.fail(error);
    time.advance(Duration.ofSeconds(1));
    end(way, result);
    assertThat(tasks).hasSize(1);
    tasks.get(0).run();
  }

  @ParameterizedTest
  @EnumSource
  void beforeAnAttemptWithoutDelayIsUnderWay(Way way) {
    CompletableFuture<String> result = builder.initialDelay(Duration.ZERO).build().execute(callee);
    callee.fail(error);
    end(way, result); // the next attempt is the executor's by now
  }

  @ParameterizedTest
  @EnumSource
  void insideThePredicate(Way way) {
    List<CompletableFuture<String>> result = new ArrayList<>();
    result.add(
        builder
            .retryIf(
                thrown -> {
                  end(way, result.get(0));
                  return true;
                })
            .build()
            .execute(callee));
    callee.fail(error);
    assertThat(told.retries).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void insideTheDelayFunction(Way way) {
    List<CompletableFuture<String>> result = new ArrayList<>();
    RetryBudget budget = RetryBudget.of(1, io.asynctools.api.Rate.perSecond(1));
    result.add(
        builder
            .delay(
                (thrown, value, next, computed) -> {
                  end(way, result.get(0));
                  return computed;
                })
            .budget(budget)
            .build()
            .execute(callee));
    callee.fail(error);
    assertThat(told.retries).isEmpty();
    assertThat(budget.tryRetry(0)).as("the share is not spent").isTrue();
    assertThat(budget.tryRetry(0)).as("nor the floor").isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void insideTheListener(Way way) {
    for (Duration delay : List.of(Duration.ofSeconds(1), Duration.ZERO)) {
      List<CompletableFuture<String>> result = new ArrayList<>();
      result.add(
          builder
              .initialDelay(delay)
              .onRetry((thrown, next, wait) -> end(way, result.get(0)))
              .build()
              .execute(callee));
      callee.fail(error);
      assertThat(time.pending()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whileTheNextAttemptStarts(Way way) {
    List<CompletableFuture<String>> result = new ArrayList<>();
    result.add(
        builder
            .build()
            .execute(
                () -> {
                  CompletableFuture<String> attempt = callee.get();
                  if (callee.started() == 2) {
                    end(way, result.get(0));
                  }
                  return attempt;
                }));
    callee.fail(error);
    time.advance(Duration.ofSeconds(1));
    way.isWhatTheAttemptSees(callee.attempt(2));
  }

  @ParameterizedTest
  @EnumSource
  void whileTheTimerOfADelayIsBeingSet(Way way) {
    List<CompletableFuture<String>> result = new ArrayList<>();
    TimeSource endsFirst =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            Cancellable set = time.schedule(task, delayNanos);
            if (!result.isEmpty() && !result.get(0).isDone()) {
              startedAtTheEnd = callee.started();
              toldAtTheEnd = told.retries.size();
              way.end.accept(result.get(0));
            }
            return set;
          }
        };
    result.add(builder.timeSource(endsFirst).build().execute(callee));
    callee.fail(error);
    assertThat(result.get(0)).isDone();
    assertThat(time.pending()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void whileTheTimerOfAnAttemptIsBeingSet(Way way) {
    List<CompletableFuture<String>> result = new ArrayList<>();
    List<CompletableFuture<String>> works = new ArrayList<>();
    TimeSource endsFirst =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            Cancellable set = time.schedule(task, delayNanos);
            if (works.size() == 2) {
              toldAtTheEnd = told.retries.size();
              way.end.accept(result.get(0));
            }
            return set;
          }
        };
    result.add(
        builder
            .timeSource(endsFirst)
            .build()
            .execute(
                () -> {
                  CompletableFuture<String> work = new CompletableFuture<>();
                  works.add(work);
                  return work.minimalCompletionStage(); // ending it reaches nothing
                }));
    works.get(0).completeExceptionally(error);
    time.advance(Duration.ofSeconds(1));
    assertThat(result.get(0)).isDone();
    assertThat(time.pending()).isZero();
    assertThat(works).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void afterTheEnd(Way way) {
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.succeed("up");
    end(way, result);
    assertThat(result).isCompletedWithValue("up");
  }

  @Test
  void theEndingReachesTheAttemptBeforeAnybodyElseHears() {
    CompletableFuture<String> result = builder.build().execute(callee);
    List<Boolean> attemptEnded = new ArrayList<>();
    result.whenComplete((value, thrown) -> attemptEnded.add(callee.attempt(1).isDone()));
    end(Way.CANCEL, result);
    assertThat(attemptEnded).containsExactly(true);
  }

  @Test
  void anEndingWithAnExceptionIsThatVeryOutcomeForThePoliciesInside() {
    ToldPermit permit = new ToldPermit();
    CompletableFuture<String> result =
        builder.build().execute(() -> PermittedCall.execute(permit, callee));
    startedAtTheEnd = 1;
    result.completeExceptionally(late);
    assertThat(permit.heard).containsExactly("ended by " + late, late);
    assertThat(callee.attempt(1).handle((value, thrown) -> thrown).join()).isSameAs(late);
  }

  @Test
  void aCancelIsNoOutcomeForThePoliciesInside() {
    ToldPermit permit = new ToldPermit();
    CompletableFuture<String> result =
        builder.build().execute(() -> PermittedCall.execute(permit, callee));
    startedAtTheEnd = 1;
    result.cancel(true);
    assertThat(permit.heard).containsExactly("ended by null", "released");
  }

  @Test
  void cancellingADependentReachesNobody() {
    CompletableFuture<String> result = builder.build().execute(callee);
    result.thenApply(value -> value).cancel(true);
    assertThat(callee.attempt(1)).isNotDone();
    end(Way.CANCEL, result);
  }

  @Test
  void theFirstToEndItHasTheSayThoughTheCallTriesToo() {
    CompletableFuture<String> result = builder.build().execute(callee);
    boolean[] won = new boolean[1];
    callee.attempt(1).whenComplete((value, thrown) -> won[0] = result.complete("the call's"));
    end(Way.CANCEL, result);
    assertThat(won[0]).isFalse();
    assertThat(result).isCancelled();
  }

  @Test
  void aStageThatCannotBeReachedKeepsNoTimer() {
    CompletableFuture<String> result =
        builder.build().execute(() -> callee.get().minimalCompletionStage());
    end(Way.CANCEL, result);
    assertThat(callee.attempt(1)).isNotDone();
  }
}
