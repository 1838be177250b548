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
import org.junit.jupiter.api.Test;

/** What closing means for those who come later, and for those who are inside. */
interface ClosingPromises extends LimiterHooks {

  /**
   * Every later {@code acquire} and {@code execute} fails, though there are permits.
   *
   * <p>Promises: All 10.
   */
  @Test
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
    assertThat(started).as("calls started after close").hasValue(0);
  }

  static void failedAsClosed(CompletableFuture<?> future) {
    assertThat(Trial.failure(future)).isInstanceOf(LimiterClosedException.class);
    assertThat(Trial.refusal(future).reason()).isEqualTo(Reason.CLOSED);
  }

  /**
   * {@code tryAcquire} gives empty, though there are permits.
   *
   * <p>Promises: All 10.
   */
  @Test
  default void aClosedLimiterGivesNothingToATry() {
    Trial it = Trial.of(this, 2);
    it.close();
    assertThat(it.limiter.tryAcquire()).isEmpty();
    assertThat(it.limiter.tryAcquire(1)).isEmpty();
  }

  /**
   * Running calls finish, and their outcome comes out.
   *
   * <p>Promises: All 10.
   */
  @Test
  default void aRunningCallFinishesAfterClose() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = it.limiter.execute(() -> running);
    it.answers();
    it.close();
    assertThat(running).as("a running call, after close").isNotDone();
    assertThat(result).isNotDone();
    running.complete("over");
    assertThat(result).isCompletedWithValue("over");
  }

  /**
   * A running call can be cancelled after close, too.
   *
   * <p>Promises: All 4, All 10.
   */
  @Test
  default void aRunningCallCanBeCancelledAfterClose() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = it.limiter.execute(() -> running);
    it.answers();
    it.close();
    assertThat(result.cancel(true)).isTrue();
    assertThat(running).isCancelled();
  }

  /**
   * A permit that ends after close ends quietly and admits nobody.
   *
   * <p>Promises: All 5, All 10.
   */
  @Test
  default void aPermitThatEndsAfterCloseAdmitsNobody() {
    Trial it = Trial.of(this, 1);
    Permit held = it.take(1);
    it.close();
    it.free(held, 1);
    held.close();
    assertThat(it.limiter.tryAcquire()).isEmpty();
  }

  /**
   * Closing again does nothing, whoever does it; no timer is left.
   *
   * <p>Promises: All 10.
   */
  @Test
  default void closingAgainDoesNothing() {
    Trial it = Trial.of(this, 1);
    it.take(1);
    it.close();
    it.close();
    assertThat(it.limiter.tryAcquire()).isEmpty();
    assertThat(it.time.pending()).as("timers after close").isZero();
  }
}
