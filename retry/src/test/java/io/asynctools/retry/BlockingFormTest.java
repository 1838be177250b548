package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.TimeSource;
import io.asynctools.api.spi.PermittedCall;
import io.asynctools.api.spi.TimedCall;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code call()} waits and is timed out on the caller's own thread.
 *
 * <p>Promises: All 11.
 */
@Tag("unit")
@Timeout(120)
class BlockingFormTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMillis(300);

  private final ManualTime time = new ManualTime(Long.MAX_VALUE);
  private final IOException error = new IOException("down");
  private final AtomicInteger attempts = new AtomicInteger();
  private final Told told = new Told();
  private final Retry.Builder builder =
      Retry.builder().name("payments").timeSource(time).executor(time).onRetry(told);

  private CheckedCallable<String, IOException> failing(int times) {
    return () -> {
      if (attempts.incrementAndGet() <= times) {
        throw error;
      }
      return "up";
    };
  }

  /** Hangs until it is interrupted, which it passes on. */
  private String hang() throws InterruptedException {
    attempts.incrementAndGet();
    new CountDownLatch(1).await();
    return "never";
  }

  /** Hangs until it is interrupted, and makes nothing of it. */
  private String hangAndSwallow() {
    attempts.incrementAndGet();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      return "after all";
    }
    return "never";
  }

  private void awaitTimer() {
    Aside.await(() -> time.pending() > 0);
  }

  /** Until an attempt is under way, inside all policies. */
  private void awaitAttempt(Aside<?> call) {
    Aside.await(() -> attempts.get() > 0);
    call.awaitBlocked();
  }

  // ---- Waiting

  @Test
  void theThreadItselfWaitsBetweenAttempts() throws Exception {
    Retry retry = builder.build();
    Aside<String> call = Aside.start(() -> retry.call(failing(2)));
    awaitTimer();
    call.awaitBlocked();
    time.advance(SECOND.minusNanos(1));
    assertThat(attempts).hasValue(1);
    time.advance(Duration.ofNanos(1));
    Aside.await(() -> attempts.get() == 2 && time.pending() == 1);
    time.advance(SECOND.multipliedBy(2));
    assertThat(call.value()).isEqualTo("up");
    assertThat(told.delays()).containsExactly(SECOND, SECOND.multipliedBy(2));
    assertThat(time.pending()).isZero();
  }

  @Test
  void theDelayNeedsNoExecutor() throws Exception {
    Retry retry = builder.executor(task -> {}).build(); // one whose threads are all busy
    Aside<String> call = Aside.start(() -> retry.call(failing(1)));
    awaitTimer();
    time.advance(SECOND);
    assertThat(call.value()).isEqualTo("up");
  }

  @Test
  void afterADelayThatTookTooLongNoAttemptIsMade() throws Exception {
    TimeSource late =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return time.schedule(task, 10 * delayNanos);
          }
        };
    Retry retry = builder.timeSource(late).totalTimeout(SECOND.multipliedBy(5)).build();
    Aside<String> call = Aside.start(() -> retry.call(failing(1)));
    Aside.await(() -> time.pending() == 1);
    time.advance(SECOND.multipliedBy(10));
    assertThat(call.error()).isSameAs(error);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void anInterruptOnEntryComesBeforeAnything() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> builder.build().call(failing(0)))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(attempts).hasValue(0);
  }

  @Test
  void anInterruptEndsADelayAndNothingFollows() throws Exception {
    Retry retry = builder.build();
    Aside<String> call = Aside.start(() -> retry.call(failing(9)));
    awaitTimer();
    call.awaitBlocked();
    call.interrupt();
    assertThat(call.error()).isInstanceOf(InterruptedException.class);
    assertThat(call.isInterruptedAtTheEnd()).isFalse();
    assertThat(time.pending()).isZero();
    time.advance(Duration.ofHours(1));
    assertThat(attempts).hasValue(1);
  }

  @Test
  void anInterruptEndsADelayOfNothingToo() {
    Retry retry = builder.initialDelay(Duration.ZERO).maxAttempts(Integer.MAX_VALUE).build();
    assertThatThrownBy(
            () ->
                retry.call(
                    () -> {
                      if (attempts.incrementAndGet() == 5) {
                        Thread.currentThread().interrupt();
                      }
                      throw error;
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(attempts).hasValue(5);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void anInterruptOfAnAttemptIsPassedOnAndNotRetried() throws Exception {
    Retry retry = builder.build();
    Aside<String> call = Aside.start(() -> retry.<String, InterruptedException>call(this::hang));
    awaitAttempt(call);
    call.interrupt();
    assertThat(call.error()).isInstanceOf(InterruptedException.class);
    assertThat(attempts).hasValue(1);
  }

  /** A wrapped interrupt was retried. */
  @Test
  void anInterruptThatTheCallWrapsIsNotRetriedAndKeepsItsFlag() throws Exception {
    List<RetryEvent.Kind> kinds = new CopyOnWriteArrayList<>();
    Retry retry = builder.onEvent(event -> kinds.add(event.kind())).build();
    IllegalStateException wrapper = new IllegalStateException(new InterruptedException());
    Aside<String> call =
        Aside.start(
            () ->
                retry.<String, RuntimeException>call(
                    () -> {
                      attempts.incrementAndGet();
                      Thread.currentThread().interrupt();
                      throw wrapper;
                    }));
    assertThat(call.error()).isSameAs(wrapper);
    assertThat(call.isInterruptedAtTheEnd()).isTrue();
    assertThat(attempts).hasValue(1);
    assertThat(kinds).containsExactly(RetryEvent.Kind.CANCELLED);
  }

  // ---- attemptTimeout

  /** Promises: Retry 4. */
  @Test
  void anAttemptThatHangsIsInterruptedAndRetried() throws Exception {
    Retry retry = builder.attemptTimeout(LIMIT).build();
    Aside<String> call =
        Aside.start(
            () ->
                retry.<String, InterruptedException>call(() -> attempts.get() < 1 ? hang() : "up"));
    awaitTimer();
    time.advance(LIMIT);
    awaitTimer();
    assertThat(told.retries)
        .singleElement()
        .satisfies(
            retried ->
                assertThat(retried.error())
                    .isInstanceOf(TimeoutException.class)
                    .hasMessage(
                        "retry 'payments': attempt 1 had not ended after its attemptTimeout of"
                            + " PT0.3S"));
    time.advance(SECOND);
    assertThat(call.value()).isEqualTo("up");
    assertThat(call.isInterruptedAtTheEnd()).isFalse();
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 4. */
  @Test
  void theLastTimeOutIsThrownThoughItIsNotDeclared() throws Exception {
    Retry retry = builder.maxAttempts(1).attemptTimeout(LIMIT).build();
    Aside<String> call =
        Aside.start(() -> retry.<String, RuntimeException>call(this::hangAndSwallow));
    awaitAttempt(call);
    time.advance(LIMIT);
    assertThat(call.error()).isInstanceOf(TimeoutException.class);
    assertThat(call.isInterruptedAtTheEnd()).isFalse();
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 4, All 11. */
  @Test
  void anInterruptForAnAttemptThatSwallowsNothingNeverArrivesAfterIt() throws Exception {
    Retry retry = builder.maxAttempts(1).attemptTimeout(LIMIT).build();
    Aside<String> call =
        Aside.start(
            () ->
                retry.<String, RuntimeException>call(
                    () -> {
                      attempts.incrementAndGet();
                      Aside.await(() -> Thread.currentThread().isInterrupted()); // and leaves it so
                      return "up";
                    }));
    awaitTimer();
    time.advance(LIMIT);
    assertThat(call.error()).isInstanceOf(TimeoutException.class);
    assertThat(call.isInterruptedAtTheEnd()).isFalse();
  }

  /** Promises: Retry 4, All 11. */
  @Test
  void anAttemptThatEndsInTimeIsNotInterrupted() throws Exception {
    Retry retry = builder.attemptTimeout(LIMIT).build();
    assertThat(retry.call(failing(0))).isEqualTo("up");
    assertThat(time.pending()).isZero();
    time.advance(Duration.ofHours(1));
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  /** Promises: Retry 4, All 4. */
  @Test
  void aPolicyInsideHearsTheTimeOutThoughTheCalleeMakesNothingOfIt() throws Exception {
    ToldPermit permit = new ToldPermit();
    Retry retry = builder.maxAttempts(1).attemptTimeout(LIMIT).build();
    Aside<String> call =
        Aside.start(
            () ->
                retry.<String, RuntimeException>call(
                    () -> PermittedCall.call(permit, this::hangAndSwallow)));
    awaitAttempt(call);
    time.advance(LIMIT);
    Throwable late = call.error();
    assertThat(late).isInstanceOf(TimeoutException.class);
    Aside.await(() -> permit.heard.contains(late)); // by the call's end, or by who told it of late
    assertThat(permit.heard).last().isSameAs(late);
  }

  @Test
  void anErrorComesOutThoughTheTimeHasPassed() throws Exception {
    AssertionError fatal = new AssertionError();
    Retry retry = builder.attemptTimeout(LIMIT).build();
    Aside<String> call =
        Aside.start(
            () ->
                retry.<String, RuntimeException>call(
                    () -> {
                      hangAndSwallow();
                      throw fatal;
                    }));
    awaitAttempt(call);
    time.advance(LIMIT);
    assertThat(call.error()).isSameAs(fatal);
    assertThat(attempts).hasValue(1);
  }

  // ---- totalTimeout

  /** Promises: Retry 4. */
  @Test
  void aDelayThatWouldPassTheTotalThrowsTheLastErrorAtOnce() {
    Retry retry = builder.totalTimeout(SECOND).build();
    assertThatThrownBy(() -> retry.call(failing(9))).isSameAs(error);
    assertThat(attempts).hasValue(1);
    assertThat(time.pending()).isZero();
  }

  /** Promises: Retry 4. */
  @Test
  void theTotalInterruptsAnAttemptForGood() throws Exception {
    Retry retry =
        builder.initialDelay(Duration.ZERO).attemptTimeout(SECOND).totalTimeout(SECOND).build();
    Aside<String> call = Aside.start(() -> retry.<String, InterruptedException>call(this::hang));
    awaitAttempt(call);
    time.advance(SECOND);
    assertThat(call.error())
        .isInstanceOf(TimeoutException.class)
        .hasMessage(
            "retry 'payments': attempt 1 had not ended when the call's totalTimeout of PT1S had"
                + " passed");
    assertThat(attempts).hasValue(1);
    assertThat(told.retries).isEmpty();
  }

  // ---- One in another

  /** Promises: Retry 4. */
  @Test
  void anEnclosingTimeOutStopsAnInnerRetryThatWaits() throws Exception {
    ManualTime innerTime = new ManualTime();
    Retry inner = Retry.builder().timeSource(innerTime).executor(innerTime).build();
    AsyncPolicy both =
        AsyncPolicy.compose(builder.maxAttempts(1).attemptTimeout(LIMIT).build(), inner);
    Aside<String> call = Aside.start(() -> both.call(failing(9)));
    Aside.await(() -> innerTime.pending() > 0);
    call.awaitBlocked();
    time.advance(LIMIT);
    assertThat(call.error()).isInstanceOf(TimeoutException.class).hasMessageContaining("payments");
    assertThat(call.isInterruptedAtTheEnd()).isFalse();
    assertThat(attempts).hasValue(1);
    assertThat(innerTime.pending()).isZero();
  }

  /** Promises: Retry 4. */
  @Test
  void anEnclosingTimeOutStopsAnInnerRetryWhoseCalleeSwallowsTheInterrupt() throws Exception {
    RetryBudget budget = RetryBudget.of(1, io.asynctools.api.Rate.perSecond(1));
    Retry inner =
        Retry.builder()
            .initialDelay(Duration.ZERO)
            .timeSource(time)
            .executor(time)
            .budget(budget)
            .onRetry(told)
            .build();
    Retry outer =
        Retry.builder()
            .name("outer")
            .maxAttempts(1)
            .attemptTimeout(LIMIT)
            .timeSource(time)
            .executor(time)
            .build();
    CheckedCallable<String, IOException> swallowing =
        () -> {
          hangAndSwallow();
          throw error;
        };
    Aside<String> call = Aside.start(() -> AsyncPolicy.compose(outer, inner).call(swallowing));
    awaitAttempt(call);
    time.advance(LIMIT);
    assertThat(call.error()).isInstanceOf(TimeoutException.class).hasMessageContaining("'outer'");
    assertThat(attempts).hasValue(1);
    assertThat(told.retries).isEmpty();
    long now = time.nanoTime();
    assertThat(List.of(budget.tryRetry(now), budget.tryRetry(now), budget.tryRetry(now)))
        .as("nothing of the budget is spent")
        .containsExactly(true, true, false);
  }

  /** Promises: Retry 4. */
  @Test
  void aTimeThatPassesAsTheDelayEndsStartsNoAttempt() throws Exception {
    // The inner retry's own wait ends, and the time limit around it, in one instant.
    Retry inner = Retry.builder().timeSource(time).executor(time).build();
    List<Throwable> inside = new CopyOnWriteArrayList<>();
    Aside<String> call =
        Aside.start(
            () ->
                TimedCall.<String, Exception>call(
                    time,
                    Runnable::run,
                    SECOND.toNanos(),
                    () -> new TimeoutException("around"),
                    () -> {
                      Throwable thrown = catchThrowable(() -> inner.call(failing(9)));
                      inside.add(thrown);
                      throw (Exception) thrown;
                    }));
    Aside.await(() -> time.pending() == 2);
    call.awaitBlocked();
    time.advance(SECOND);
    assertThat(call.error()).isInstanceOf(TimeoutException.class).hasMessage("around");
    assertThat(attempts).hasValue(1);
    assertThat(inside).hasSize(1);
    assertThat(time.pending()).isZero();
  }

  // ---- A time source that misbehaves

  @Test
  void aTimerThatRingsEarlyAndTwiceEndsNoDelayBeforeItsTime() throws Exception {
    List<Runnable> rings = new CopyOnWriteArrayList<>();
    TimeSource early =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            rings.add(task);
            return time.schedule(task, (delayNanos + 1) / 2);
          }
        };
    Retry retry = builder.timeSource(early).build();
    Aside<String> call = Aside.start(() -> retry.call(failing(1)));
    Aside.await(() -> !rings.isEmpty());
    call.awaitBlocked();
    rings.get(0).run();
    assertThat(attempts).hasValue(1);
    time.advance(SECOND);
    rings.forEach(Runnable::run);
    assertThat(call.value()).isEqualTo("up");
    assertThat(attempts).hasValue(2);
  }

  /** Promises: All 9. */
  @Test
  void nullIsRefusedAtTheCall() {
    assertThatThrownBy(() -> builder.build().call(null)).isInstanceOf(NullPointerException.class);
  }
}
