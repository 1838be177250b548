package io.asynctools.testkit;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.api.RejectedException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long one waits, how many wait, and what those hear who do not. */
interface MaxWaitPromises extends WaiterHooks {

  /** A refusal for want of a permit; says when to come back where time alone brings it. */
  private RejectedException exceeded(CompletableFuture<?> refused) {
    assertThat(Trial.failure(refused))
        .as("the failure must be of type RateLimitExceededException")
        .isInstanceOf(RateLimitExceededException.class);
    RejectedException refusal = Trial.refusal(refused);
    assertThat(refusal.reason())
        .as("the reason of a rejection for want of permits must not be the queue or the close")
        .isNotIn(Reason.QUEUE_FULL, Reason.CLOSED);
    if (permitEvery() == null) {
      assertThat(refusal.retryAfter())
          .as("retryAfter must be empty where time alone brings no permit")
          .isEmpty();
    } else {
      assertThat(refusal.retryAfter().orElse(Duration.ZERO))
          .as("retryAfter must say when to come back")
          .isPositive();
    }
    return refusal;
  }

  /**
   * {@code acquire(n, ZERO)} never waits, says why, and when to come back if known.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: acquire(n, ZERO) is rejected at once, with retryAfter where it is known")
  default void aTryWithoutAWaitSaysWhenToComeBack() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> refused = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    RejectedException refusal = exceeded(refused);
    it.hasWaiters(0);
    if (refusal.retryAfter().isPresent()) {
      it.time.advance(refusal.retryAfter().get().minusNanos(1));
      it.rejects(1, "its retryAfter has not passed");
    }
    it.free(held, 1);
    it.admitsExactly(1);
  }

  /**
   * A wait that is known to be too long is refused at once.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: a wait that is known to exceed maxWait is rejected at once")
  default void aWaitKnownToBeTooLongIsRefusedAtOnce() {
    assumeTrue(permitEvery() != null, "a limiter that knows when a permit comes back");
    Duration every = requireNonNull(permitEvery());
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> tooShort = it.limiter.acquire(1, every.minusNanos(1));
    it.answers();
    assertThat(exceeded(tooShort).retryAfter())
        .as(
            "retryAfter must be longer than %s, since no permit comes back before",
            every.minusNanos(1))
        .hasValueSatisfying(
            retry ->
                assertThat(retry)
                    .as("retryAfter must be long enough")
                    .isGreaterThan(every.minusNanos(1)));
    it.hasWaiters(0);
    CompletableFuture<Permit> longEnough = it.limiter.acquire(1, every.multipliedBy(2));
    it.free(held, 1);
    Trial.isGranted(longEnough, "request 'longEnough'");
  }

  /**
   * What is known of a wait includes those who wait before.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName(
      "All 8: a wait that is known to exceed maxWait behind other waiters is rejected at once")
  default void aWaitBehindOthersIsRefusedAtOnceIfTooLong() {
    assumeTrue(permitEvery() != null, "a limiter that knows when a permit comes back");
    assumeFalse(answersLater(), "a limiter that knows it when it is asked");
    Duration every = requireNonNull(permitEvery());
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> first = it.limiter.acquire();
    CompletableFuture<Permit> second = it.limiter.acquire(1, every.multipliedBy(3).dividedBy(2));
    exceeded(second);
    Trial.waits(first, "request 'first'");
    it.free(held, 1);
    Trial.isGranted(first, "request 'first'");
  }

  /**
   * A wait of unknown length is refused when {@code maxWait} has passed, not before.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: a wait of unknown length is rejected when maxWait has passed, not before")
  default void aWaitIsRefusedWhenItsTimeHasPassed() {
    assumeTrue(permitEvery() == null, "a limiter that does not know when a permit comes back");
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> unbounded = it.limiter.acquire();
    CompletableFuture<Permit> longer = it.limiter.acquire(1, Duration.ofSeconds(10));
    CompletableFuture<Permit> shorter = it.limiter.acquire(1, Duration.ofSeconds(5));
    it.settle();
    it.time.advance(Duration.ofSeconds(5).minusNanos(1));
    Trial.waits(shorter, "the shorter wait, 1 ns before its maxWait has passed,");
    it.time.advance(Duration.ofNanos(1));
    exceeded(shorter);
    Trial.waits(longer, "request 'longer'");
    it.time.advance(Duration.ofSeconds(5));
    exceeded(longer);
    Trial.waits(unbounded, "request 'unbounded'");
    it.hasWaiters(1);
    it.hasNoTimers("while only an unbounded wait is left");
    it.free(held, 1);
    Trial.isGranted(unbounded, "request 'unbounded'");
    it.rejects(1, "its 1 permit is out");
  }

  /**
   * The head's time may pass, too, and the next is granted in its place.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: a head of the wait queue whose maxWait has passed burns no permit")
  default void aHeadWhoseTimeHasPassedBurnsNothing() {
    assumeTrue(permitEvery() == null, "a limiter that does not know when a permit comes back");
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> head = it.limiter.acquire(1, Duration.ofSeconds(5));
    CompletableFuture<Permit> next = it.limiter.acquire();
    it.settle();
    it.time.advance(Duration.ofSeconds(6));
    exceeded(head);
    it.free(held, 1);
    Trial.isGranted(next, "request 'next'");
    it.free(next.join(), 1);
    it.admitsExactly(1);
  }

  /**
   * The argument of {@code acquire} takes the place of what the builder said.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: the maxWait of acquire replaces that of the builder")
  default void theArgumentReplacesTheBuildersMaxWait() {
    Trial it = Trial.impatient(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> byDefault = it.limiter.acquire();
    it.answers();
    exceeded(byDefault);
    CompletableFuture<Permit> patient = it.limiter.acquire(1, Trial.LONG);
    it.settle();
    Trial.waits(patient, "request 'patient'");
    it.free(held, 1);
    Trial.isGranted(patient, "request 'patient'");
  }

  /**
   * Calls wait as long as the builder said.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: the maxWait of the builder holds for calls")
  default void theBuildersMaxWaitHoldsForCalls() {
    Trial it = Trial.impatient(this, 1);
    it.take(1);
    AtomicInteger started = new AtomicInteger();
    CompletableFuture<Integer> refused =
        it.limiter.execute(() -> completedFuture(started.incrementAndGet()));
    it.answers();
    exceeded(refused);
    assertThat(started).as("0 calls must start without a permit").hasValue(0);
  }

  /**
   * The longest wait there is does not overflow into none.
   *
   * <p>Promises: All 8, All 9.
   */
  @Test
  @DisplayName("All 8, All 9: the longest Duration as maxWait does not overflow")
  default void theLongestWaitWaits() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> waiter = it.limiter.acquire(1, Duration.ofSeconds(Long.MAX_VALUE));
    it.settle();
    Trial.waits(waiter, "request 'waiter'");
    it.free(held, 1);
    Trial.isGranted(waiter, "request 'waiter'");
  }

  /**
   * {@code maxWaiters} bounds the queue; who leaves or is granted makes room.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: maxWaiters bounds the wait queue")
  default void maxWaitersBoundsTheQueue() {
    Trial it = Trial.of(this, 1, settings -> settings.withMaxWaiters(2));
    final Permit held = it.take(1);
    CompletableFuture<Permit> first = it.limiter.acquire();
    final CompletableFuture<Permit> second = it.limiter.acquire();
    it.settle();
    queueFull(it.limiter.acquire());
    queueFull(it.limiter.execute(() -> completedFuture("never")));
    second.cancel(false);
    CompletableFuture<Permit> third = it.limiter.acquire();
    it.settle();
    Trial.waits(third, "request 'third'");
    queueFull(it.limiter.acquire());
    it.free(held, 1);
    Trial.isGranted(first, "request 'first'");
    CompletableFuture<Permit> fourth = it.limiter.acquire();
    it.settle();
    Trial.waits(fourth, "request 'fourth'");
    queueFull(it.limiter.acquire());
    it.free(first.join(), 1);
    Trial.isGranted(third, "request 'third'");
  }

  /**
   * With no room for waiters, who cannot come in at once is refused.
   *
   * <p>Promises: All 8.
   */
  @Test
  @DisplayName("All 8: with maxWaiters 0 a request that would have to wait is rejected")
  default void whereNobodyMayWaitWhoDoesNotFitIsRefused() {
    assumeFalse(answersLater(), "a limiter whose requests do not wait for an answer");
    Trial it = Trial.of(this, 1, settings -> settings.withMaxWaiters(0));
    final Permit held = it.take(1);
    queueFull(it.limiter.acquire());
    it.free(held, 1);
    it.admitsExactly(1);
  }

  private static void queueFull(CompletableFuture<?> refused) {
    assertThat(Trial.failure(refused))
        .as("the failure must be of type RateLimitExceededException")
        .isInstanceOf(RateLimitExceededException.class);
    assertThat(Trial.refusal(refused).reason())
        .as("the reason of a rejection by a full queue must be QUEUE_FULL")
        .isEqualTo(Reason.QUEUE_FULL);
  }

  /** An estimate is a lower bound, of the wait of one who joined now; it takes nothing. */
  @Test
  @DisplayName("API: estimateWait is a lower bound of the wait of the next request")
  default void anEstimateIsALowerBound() {
    Trial it = Trial.of(this, 1);
    assertThat(it.limiter.estimateWait(1))
        .as("the estimate must be 0 while 1 of 1 permits is free")
        .isZero();
    it.take(1);
    CompletableFuture<Permit> first = it.limiter.acquire();
    it.settle();
    Duration estimate = it.limiter.estimateWait(1);
    CompletableFuture<Permit> second = it.limiter.acquire();
    it.settle();
    if (!estimate.isZero()) {
      it.time.advance(estimate.minusNanos(1));
    }
    Trial.waits(second, "the second waiter, 1 ns before its estimate,");
    assertThat(first.isDone() || permitEvery() == null || estimate.isZero())
        .as("the first waiter must be granted before an estimate for the second has passed")
        .isTrue();
  }
}
