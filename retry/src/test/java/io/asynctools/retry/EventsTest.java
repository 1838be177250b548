package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Rate;
import io.asynctools.retry.RetryEvent.Kind;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Listeners hear of each retry and of the end of each call; attempts know which they are; dropped
 * results reach their listener once.
 *
 * <p>Promises: Retry 6.
 */
@Tag("unit")
class EventsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();
  private final IOException error = new IOException("down");
  private final Callee callee = new Callee();
  private final List<RetryEvent> events = new ArrayList<>();
  private final List<Object> dropped = new ArrayList<>();
  private final Retry.Builder builder =
      Retry.builder()
          .name("payments")
          .timeSource(time)
          .executor(time)
          .onEvent(events::add)
          .onDroppedResult(dropped::add);

  private List<Kind> kinds() {
    return events.stream().map(RetryEvent::kind).toList();
  }

  private RetryEvent last() {
    return events.get(events.size() - 1);
  }

  // ---- Events

  @Test
  void theEndOfACallThatSucceedsIsToldWithItsAttemptsAndResult() {
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.fail(error);
    time.advance(SECOND);
    callee.succeed("up");
    assertThat(result).isCompletedWithValue("up");
    assertThat(kinds()).containsExactly(Kind.RETRY, Kind.SUCCEEDED);
    assertThat(events.get(0).error()).isSameAs(error);
    assertThat(events.get(0).delay()).isEqualTo(SECOND);
    assertThat(events.get(0).attempt()).isEqualTo(1);
    assertThat(last().attempt()).isEqualTo(2);
    assertThat(last().result()).isEqualTo("up");
    assertThat(last().error()).isNull();
    assertThat(events.get(0))
        .hasToString(
            "RetryEvent[retry=payments, kind=RETRY, attempt=1, delay=PT1S,"
                + " error=java.io.IOException]");
  }

  @Test
  void aCallThatSucceedsAtOnceEndsOnceToo() throws Exception {
    Retry retry = builder.build();
    retry.execute(() -> CompletableFuture.completedFuture("up"));
    assertThat(retry.<String, RuntimeException>call(() -> "up")).isEqualTo("up");
    assertThat(kinds()).containsExactly(Kind.SUCCEEDED, Kind.SUCCEEDED);
  }

  @Test
  void theListenerOfARetrySeesTheResultThatAskedForIt() {
    builder.retryIfResult("busy"::equals).maxAttempts(2).build().execute(callee);
    callee.succeed("busy");
    assertThat(last().kind()).isEqualTo(Kind.RETRY);
    assertThat(last().result()).isEqualTo("busy");
    time.advance(SECOND);
    callee.succeed("busy");
    assertThat(last().kind()).isEqualTo(Kind.ATTEMPTS_EXHAUSTED);
  }

  @Test
  void giveUpsSayWhy() {
    builder.initialDelay(Duration.ZERO);
    builder.build().execute(() -> CompletableFuture.failedFuture(error));
    assertThat(last().kind()).isEqualTo(Kind.ATTEMPTS_EXHAUSTED);
    assertThat(last().attempt()).isEqualTo(3);
    builder.build().execute(() -> CompletableFuture.failedFuture(new AssertionError()));
    assertThat(last().kind()).isEqualTo(Kind.NOT_RETRYABLE);
    RetryBudget budget = RetryBudget.of(0.01, new Rate(1, Duration.ofDays(1)));
    builder.budget(budget).build().execute(() -> CompletableFuture.failedFuture(error));
    assertThat(last().kind()).isEqualTo(Kind.BUDGET_EXHAUSTED);
    builder.build().execute(callee).cancel(true);
    assertThat(last().kind()).isEqualTo(Kind.CANCELLED);
  }

  @Test
  void aDelayThatWouldPassTheTotalIsTheEndOfTime() {
    builder.totalTimeout(Duration.ofMillis(500)).build().execute(callee);
    callee.fail(error);
    assertThat(kinds()).containsExactly(Kind.TIME_EXHAUSTED);
    events.clear();
    Retry retry = builder.retryOn(IOException.class).build();
    retry.execute(callee);
    time.advance(Duration.ofMillis(500));
    assertThat(kinds()).containsExactly(Kind.TIME_EXHAUSTED);
  }

  @Test
  void aCancelDuringADelayIsTheOneEnd() {
    CompletableFuture<String> result = builder.build().execute(callee);
    callee.fail(error);
    result.cancel(true);
    result.cancel(true);
    time.advance(Duration.ofHours(1));
    assertThat(kinds()).containsExactly(Kind.RETRY, Kind.CANCELLED);
    assertThat(last().attempt()).isEqualTo(1);
  }

  /** The second onRetry replaced the first. */
  @Test
  void everyListenerIsCalledInOrderThoughOneThrows() {
    List<String> heard = new ArrayList<>();
    builder
        .onRetry(
            (e, next, delay) -> {
              heard.add("first");
              throw new IllegalStateException("the user's");
            })
        .onRetry((e, next, delay) -> heard.add("second"))
        .onEvent(event -> heard.add("event"))
        .build()
        .execute(callee);
    callee.fail(error);
    assertThat(heard).containsExactly("first", "second", "event");
  }

  // ---- Attempts

  @Test
  void anAttemptKnowsItsNumberAndTheLastError() throws Exception {
    Retry retry = builder.initialDelay(Duration.ZERO).build();
    List<String> seen = new ArrayList<>();
    CompletableFuture<String> result =
        retry.executeAttempts(
            attempt -> {
              seen.add(attempt.number() + " " + attempt.lastError().orElse(null));
              return attempt.number() < 3
                  ? CompletableFuture.failedFuture(error)
                  : CompletableFuture.completedFuture("up");
            });
    assertThat(result).isCompletedWithValue("up");
    assertThat(seen).containsExactly("1 null", "2 " + error, "3 " + error);
    String answer =
        retry.callAttempts(
            attempt -> {
              if (attempt.number() < 2) {
                throw error;
              }
              return attempt.lastError().orElseThrow().getMessage();
            });
    assertThat(answer).isEqualTo("down");
  }

  @Test
  void eachAttemptRunsWithTheContextClassLoaderOfItsCaller() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader callers = new ClassLoader(before) {};
    List<ClassLoader> seen = new ArrayList<>();
    builder
        .retryIf(e -> seen.add(thread.getContextClassLoader()))
        .onRetry((e, next, delay) -> seen.add(thread.getContextClassLoader()));
    try {
      thread.setContextClassLoader(callers);
      builder
          .build()
          .execute(
              () -> {
                seen.add(thread.getContextClassLoader());
                return callee.get();
              });
    } finally {
      thread.setContextClassLoader(before);
    }
    callee.fail(error);
    time.advance(SECOND);
    assertThat(seen).hasSize(4).allMatch(loader -> loader == callers);
    assertThat(thread.getContextClassLoader()).isSameAs(before);
  }

  // ---- Dropped results

  @Test
  void aResultThatAskedIsDroppedOnceAndTheLastIsNot() throws Exception {
    Retry retry = builder.retryIfResult(r -> true).initialDelay(Duration.ZERO).build();
    AtomicInteger next = new AtomicInteger();
    assertThat(retry.execute(() -> CompletableFuture.completedFuture(next.incrementAndGet())))
        .isCompletedWithValue(3);
    assertThat(retry.<Integer, RuntimeException>call(next::incrementAndGet)).isEqualTo(6);
    assertThat(dropped).containsExactly(1, 2, 4, 5);
  }

  @Test
  void aCancelDuringTheDelayDropsTheResultThatAsked() {
    CompletableFuture<String> result =
        builder.retryIfResult("busy"::equals).build().execute(callee);
    callee.succeed("busy");
    assertThat(dropped).isEmpty();
    result.cancel(true);
    time.advance(Duration.ofHours(1));
    assertThat(dropped).containsExactly("busy");
  }

  @Test
  void aResultAfterATimeOutOrACancelIsDropped() {
    List<CompletableFuture<String>> works = new ArrayList<>();
    CompletableFuture<String> result =
        builder
            .attemptTimeout(SECOND)
            .build()
            .execute(
                () -> {
                  works.add(new CompletableFuture<>());
                  return works.get(works.size() - 1).minimalCompletionStage();
                });
    time.advance(SECOND.multipliedBy(2));
    works.get(0).complete("late");
    assertThat(dropped).containsExactly("late");
    result.cancel(true);
    works.get(1).complete("for the caller who left");
    assertThat(dropped).containsExactly("late", "for the caller who left");
  }

  @Test
  void aResultOfAnAttemptThatStartsWhileTheCallerLeavesIsDropped() {
    List<CompletableFuture<String>> result = new ArrayList<>();
    result.add(
        builder
            .build()
            .execute(
                () -> {
                  if (result.isEmpty()) {
                    return callee.get();
                  }
                  result.get(0).cancel(true);
                  return CompletableFuture.completedFuture("unwanted");
                }));
    callee.fail(error);
    time.advance(SECOND);
    assertThat(dropped).containsExactly("unwanted");
  }

  @Test
  void aStageThatCompletesTwiceDropsNothingTheCallerGot() {
    Retry retry = builder.build();
    CompletableFuture<String> result =
        retry.execute(
            () ->
                new CompletableFuture<String>() {
                  @Override
                  public CompletableFuture<String> whenComplete(
                      java.util.function.BiConsumer<? super String, ? super Throwable> action) {
                    action.accept("up", null);
                    action.accept("up", null);
                    return this;
                  }
                });
    assertThat(result).isCompletedWithValue("up");
    assertThat(dropped).isEmpty();
  }

  @Test
  void theBlockingFormDropsWhatComesTooLate() throws Exception {
    Retry retry = builder.maxAttempts(1).attemptTimeout(SECOND).executor(Runnable::run).build();
    assertThatThrownBy(
            () ->
                retry.<String, RuntimeException>call(
                    () -> {
                      time.advance(SECOND);
                      return "late";
                    }))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(dropped).containsExactly("late");
  }

  // ---- The budget

  @Test
  void aBudgetSaysWhatIsLeft() {
    RetryBudget budget = RetryBudget.of(1, Rate.perSecond(2));
    assertThat(budget.retriesLeft()).isEqualTo(2);
    Retry retry = builder.budget(budget).maxAttempts(2).initialDelay(Duration.ZERO).build();
    retry.execute(() -> CompletableFuture.completedFuture("up"));
    assertThat(budget.retriesLeft()).isEqualTo(3);
    retry.execute(() -> CompletableFuture.failedFuture(error));
    assertThat(budget.retriesLeft()).isEqualTo(3);
    assertThat(retry.toString())
        .contains("budget=RetryBudget[share=1.0, floor=2/s, retriesLeft=3]");
    for (long left = budget.retriesLeft(); left > 0; left--) {
      assertThat(budget.tryRetry(time.nanoTime())).isTrue();
    }
    assertThat(budget.retriesLeft()).isZero();
    assertThat(budget.tryRetry(time.nanoTime())).isFalse();
    time.advance(SECOND);
    assertThat(budget.retriesLeft()).isEqualTo(2);
  }
}
