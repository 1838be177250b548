package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What closing means for those who come later, and for those who are inside. */
interface ClosingPromises extends LimiterHooks {

  /**
   * Every later {@code acquire} and {@code execute} fails, though there are permits.
   *
   * <p>Promises: All 10.
   */
  @Test
  @DisplayName("All 10: a closed limiter rejects every acquire and execute")
  default void aClosedLimiterFailsWhoeverAsks() {
    Trial it = Trial.of(this, 2);
    it.close();
    AtomicInteger started = new AtomicInteger();
    List<CompletableFuture<?>> asked =
        List.of(
            it.limiter.acquire(),
            it.limiter.acquire(1),
            it.limiter.acquire(1, Duration.ZERO),
            it.limiter.acquire(1, Trial.LONG),
            it.limiter.execute(() -> completedFuture(started.incrementAndGet())),
            it.limiter.execute(1, () -> completedFuture(started.incrementAndGet())));
    it.answers();
    asked.forEach(ClosingPromises::failedAsClosed);
    assertThat(started).as("0 calls must start without a permit").hasValue(0);
  }

  static void failedAsClosed(CompletableFuture<?> future) {
    assertThat(Trial.failure(future))
        .as("the failure must be of type LimiterClosedException")
        .isInstanceOf(LimiterClosedException.class);
    assertThat(Trial.refusal(future).reason())
        .as("the reason of a rejection by a closed limiter must be CLOSED")
        .isEqualTo(Reason.CLOSED);
  }

  /**
   * {@code tryAcquire} gives empty, though there are permits.
   *
   * <p>Promises: All 10.
   */
  @Test
  @DisplayName("All 10: tryAcquire on a closed limiter is empty")
  default void aClosedLimiterGivesNothingToATry() {
    Trial it = Trial.of(this, 2);
    it.close();
    it.triesInVain(it.limiter.tryAcquire());
    it.triesInVain(it.limiter.tryAcquire(1));
  }

  /**
   * Running calls finish, and their outcome comes out.
   *
   * <p>Promises: All 10.
   */
  @Test
  @DisplayName("All 10: close lets running calls finish")
  default void aRunningCallFinishesAfterClose() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = it.limiter.execute(() -> running);
    it.answers();
    it.close();
    Trial.isRunning(running);
    Trial.isRunning(result);
    running.complete("over");
    assertThat(result)
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("over");
  }

  /**
   * A running call can be cancelled after close, too.
   *
   * <p>Promises: All 4, All 10.
   */
  @Test
  @DisplayName("All 4, All 10: a running call can be cancelled after close")
  default void aRunningCallCanBeCancelledAfterClose() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = it.limiter.execute(() -> running);
    it.answers();
    it.close();
    assertThat(result.cancel(true))
        .as("a cancellation of what has not ended must succeed")
        .isTrue();
    assertThat(running).as("the cancellation must reach this future").isCancelled();
  }

  /**
   * A permit that ends after close ends quietly and admits nobody.
   *
   * <p>Promises: All 5, All 10.
   */
  @Test
  @DisplayName("All 5, All 10: a permit that is released after close grants no request")
  default void aPermitThatEndsAfterCloseAdmitsNobody() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    it.close();
    it.free(held, 1);
    held.close();
    it.triesInVain(it.limiter.tryAcquire());
  }

  /**
   * Closing again does nothing, whoever does it; no timer is left.
   *
   * <p>Promises: All 10.
   */
  @Test
  @DisplayName("All 10: close is idempotent and leaves no timer")
  default void closingAgainDoesNothing() {
    Trial it = Trial.of(this, 1);
    it.take(1);
    it.close();
    it.close();
    it.triesInVain(it.limiter.tryAcquire());
    it.hasNoTimers("after close");
  }
}
