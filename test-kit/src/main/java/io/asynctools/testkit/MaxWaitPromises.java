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
import org.junit.jupiter.api.Test;

/** How long one waits, how many wait, and what those hear who do not. */
interface MaxWaitPromises extends WaiterHooks {

  /** A refusal for want of a permit; says when to come back where time alone brings it. */
  private RejectedException exceeded(CompletableFuture<?> refused) {
    assertThat(Trial.failure(refused)).isInstanceOf(RateLimitExceededException.class);
    RejectedException refusal = Trial.refusal(refused);
    assertThat(refusal.reason()).isNotIn(Reason.QUEUE_FULL, Reason.CLOSED);
    if (permitEvery() == null) {
      assertThat(refusal.retryAfter()).as("retryAfter, where nobody knows").isEmpty();
    } else {
      assertThat(refusal.retryAfter()).hasValueSatisfying(retry -> assertThat(retry).isPositive());
    }
    return refusal;
  }

  /**
   * {@code acquire(n, ZERO)} never waits, says why, and when to come back if known.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void aTryWithoutAWaitSaysWhenToComeBack() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> refused = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    RejectedException refusal = exceeded(refused);
    assertThat(waiters(it.limiter)).isZero();
    if (refusal.retryAfter().isPresent()) {
      it.time.advance(refusal.retryAfter().get().minusNanos(1));
      assertThat(it.attempt(1)).as("a try just before retryAfter").isEmpty();
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
  default void aWaitKnownToBeTooLongIsRefusedAtOnce() {
    assumeTrue(permitEvery() != null, "a limiter that knows when a permit comes back");
    Duration every = requireNonNull(permitEvery());
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> tooShort = it.limiter.acquire(1, every.minusNanos(1));
    it.answers();
    assertThat(exceeded(tooShort).retryAfter())
        .hasValueSatisfying(retry -> assertThat(retry).isGreaterThan(every.minusNanos(1)));
    assertThat(waiters(it.limiter)).isZero();
    CompletableFuture<Permit> longEnough = it.limiter.acquire(1, every.multipliedBy(2));
    it.free(held, 1);
    assertThat(longEnough).isCompleted();
  }

  /**
   * What is known of a wait includes those who wait before.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void aWaitBehindOthersIsRefusedAtOnceIfTooLong() {
    assumeTrue(permitEvery() != null, "a limiter that knows when a permit comes back");
    assumeFalse(answersLater(), "a limiter that knows it when it is asked");
    Duration every = requireNonNull(permitEvery());
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> first = it.limiter.acquire();
    CompletableFuture<Permit> second = it.limiter.acquire(1, every.multipliedBy(3).dividedBy(2));
    exceeded(second);
    assertThat(first).isNotDone();
    it.free(held, 1);
    assertThat(first).isCompleted();
  }

  /**
   * A wait of unknown length is refused when {@code maxWait} has passed, not before.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void aWaitIsRefusedWhenItsTimeHasPassed() {
    assumeTrue(permitEvery() == null, "a limiter that does not know when a permit comes back");
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> unbounded = it.limiter.acquire();
    CompletableFuture<Permit> longer = it.limiter.acquire(1, Duration.ofSeconds(10));
    CompletableFuture<Permit> shorter = it.limiter.acquire(1, Duration.ofSeconds(5));
    it.settle();
    it.time.advance(Duration.ofSeconds(5).minusNanos(1));
    assertThat(shorter).as("just before its time has passed").isNotDone();
    it.time.advance(Duration.ofNanos(1));
    exceeded(shorter);
    assertThat(longer).isNotDone();
    it.time.advance(Duration.ofSeconds(5));
    exceeded(longer);
    assertThat(unbounded).isNotDone();
    assertThat(waiters(it.limiter)).isEqualTo(1);
    assertThat(it.time.pending()).as("timers, once only the unbounded wait").isZero();
    it.free(held, 1);
    assertThat(unbounded).isCompleted();
    assertThat(it.attempt(1)).as("a second permit of one").isEmpty();
  }

  /**
   * The head's time may pass, too, and the next is granted in its place.
   *
   * <p>Promises: All 8.
   */
  @Test
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
    assertThat(next).isCompleted();
    it.free(next.join(), 1);
    it.admitsExactly(1);
  }

  /**
   * The argument of {@code acquire} takes the place of what the builder said.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void theArgumentReplacesTheBuildersMaxWait() {
    Trial it = Trial.impatient(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> byDefault = it.limiter.acquire();
    it.answers();
    exceeded(byDefault);
    CompletableFuture<Permit> patient = it.limiter.acquire(1, Trial.LONG);
    it.settle();
    assertThat(patient).isNotDone();
    it.free(held, 1);
    assertThat(patient).isCompleted();
  }

  /**
   * Calls wait as long as the builder said.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void theBuildersMaxWaitHoldsForCalls() {
    Trial it = Trial.impatient(this, 1);
    it.take(1);
    AtomicInteger started = new AtomicInteger();
    CompletableFuture<Integer> refused =
        it.limiter.execute(() -> completedFuture(started.incrementAndGet()));
    it.answers();
    exceeded(refused);
    assertThat(started).hasValue(0);
  }

  /**
   * The longest wait there is does not overflow into none.
   *
   * <p>Promises: All 8, All 9.
   */
  @Test
  default void theLongestWaitWaits() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    CompletableFuture<Permit> waiter = it.limiter.acquire(1, Duration.ofSeconds(Long.MAX_VALUE));
    it.settle();
    assertThat(waiter).isNotDone();
    it.free(held, 1);
    assertThat(waiter).isCompleted();
  }

  /**
   * {@code maxWaiters} bounds the queue; who leaves or is granted makes room.
   *
   * <p>Promises: All 8.
   */
  @Test
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
    assertThat(third).isNotDone();
    queueFull(it.limiter.acquire());
    it.free(held, 1);
    assertThat(first).isCompleted();
    CompletableFuture<Permit> fourth = it.limiter.acquire();
    it.settle();
    assertThat(fourth).isNotDone();
    queueFull(it.limiter.acquire());
    it.free(first.join(), 1);
    assertThat(third).isCompleted();
  }

  /**
   * With no room for waiters, who cannot come in at once is refused.
   *
   * <p>Promises: All 8.
   */
  @Test
  default void whereNobodyMayWaitWhoDoesNotFitIsRefused() {
    assumeFalse(answersLater(), "a limiter whose requests do not wait for an answer");
    Trial it = Trial.of(this, 1, settings -> settings.withMaxWaiters(0));
    final Permit held = it.take(1);
    queueFull(it.limiter.acquire());
    it.free(held, 1);
    it.admitsExactly(1);
  }

  private static void queueFull(CompletableFuture<?> refused) {
    assertThat(Trial.failure(refused)).isInstanceOf(RateLimitExceededException.class);
    assertThat(Trial.refusal(refused).reason()).isEqualTo(Reason.QUEUE_FULL);
  }

  /** An estimate is a lower bound, of the wait of one who joined now; it takes nothing. */
  @Test
  default void anEstimateIsALowerBound() {
    Trial it = Trial.of(this, 1);
    assertThat(it.limiter.estimateWait(1)).as("the wait where there is none").isZero();
    it.take(1);
    CompletableFuture<Permit> first = it.limiter.acquire();
    it.settle();
    Duration estimate = it.limiter.estimateWait(1);
    CompletableFuture<Permit> second = it.limiter.acquire();
    it.settle();
    if (!estimate.isZero()) {
      it.time.advance(estimate.minusNanos(1));
    }
    assertThat(second).as("one who joined, just before the estimate").isNotDone();
    assertThat(first.isDone() || permitEvery() == null || estimate.isZero()).isTrue();
  }
}
