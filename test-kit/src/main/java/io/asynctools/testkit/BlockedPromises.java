package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The blocking forms while they wait. */
interface BlockedPromises extends WaiterHooks {

  /**
   * An interrupt ends the wait, and gives back what was asked for.
   *
   * <p>Promises: All 11.
   *
   * @return a test for each case
   */
  @TestFactory
  @DisplayName("All 11: an interrupt ends a blocking wait and burns no permit")
  default Stream<DynamicTest> anInterruptEndsTheWaitAndBurnsNothing() {
    return Stream.of(
        interrupted("acquireBlocking()", (it, called) -> it.limiter.acquireBlocking()),
        interrupted(
            "acquireBlocking(1, long)", (it, called) -> it.limiter.acquireBlocking(1, Trial.LONG)),
        interrupted("call(call)", (it, called) -> it.limiter.call(called::incrementAndGet)),
        interrupted("call(1, call)", (it, called) -> it.limiter.call(1, called::incrementAndGet)));
  }

  private DynamicTest interrupted(String name, BlockingForm form) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          Trial it = Trial.of(this, 1);
          final Permit held = it.take(1);
          AtomicInteger called = new AtomicInteger();
          Aside<Object> blocked = blocked(it, () -> form.run(it, called));
          blocked.interrupt();
          assertThat(Trial.failure(blocked.end(it)))
              .as("the failure must be of type InterruptedException")
              .isInstanceOf(InterruptedException.class);
          it.hasWaiters(0);
          it.hasNoTimers("with 0 waiters");
          it.free(held, 1);
          it.admitsExactly(1);
          assertThat(called).as("0 calls must start without a permit").hasValue(0);
        });
  }

  private <T> Aside<T> blocked(Trial it, Callable<? extends T> form) {
    Aside<T> aside = Aside.start(this, form);
    Aside.await(patience(), "a waiter", () -> waiters(it.limiter) == 1);
    it.settle();
    aside.awaitBlocked();
    return aside;
  }

  /**
   * One who waits gets the permit when its turn comes.
   *
   * <p>Promises: All 11.
   */
  @Test
  @DisplayName("All 11: a blocked thread gets the permit that comes back")
  default void aBlockedThreadGetsThePermitWhenItComesBack() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    Aside<Permit> blocked = blocked(it, it.limiter::acquireBlocking);
    it.free(held, 1);
    CompletableFuture<Permit> permit = blocked.end(it);
    Trial.isGranted(permit, "request 'permit'");
    it.rejects(1, "all its permits are out");
    it.free(permit.join(), 1);
    it.admitsExactly(1);
  }

  /**
   * A call that had to wait runs when its turn comes, and gives its permit back.
   *
   * <p>Promises: All 11.
   */
  @Test
  @DisplayName("All 11: a blocked call runs once it has the permit that comes back, and returns it")
  default void aBlockedCallRunsWhenThePermitComesBack() {
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    Aside<String> blocked = blocked(it, () -> it.limiter.call(() -> "value"));
    it.free(held, 1);
    assertThat(blocked.end(it))
        .as("the call's own value must come out of its future")
        .isCompletedWithValue("value");
    it.comeBack(1);
    it.admitsExactly(1);
  }

  /**
   * A wait that takes too long ends in a refusal, and burns nothing.
   *
   * <p>Promises: All 8, All 11.
   */
  @Test
  @DisplayName(
      "All 8, All 11: a blocked thread is rejected when its maxWait has passed, and burns no permit")
  default void aBlockedThreadIsRefusedWhenItsTimeHasPassed() {
    assumeTrue(permitEvery() == null, "a limiter that does not know when a permit comes back");
    Trial it = Trial.of(this, 1);
    final Permit held = it.take(1);
    Aside<Permit> blocked = blocked(it, () -> it.limiter.acquireBlocking(1, Duration.ofSeconds(5)));
    it.time.advance(Duration.ofSeconds(5));
    assertThat(Trial.failure(blocked.end(it)))
        .as("the failure must be of type RateLimitExceededException")
        .isInstanceOf(RateLimitExceededException.class);
    it.free(held, 1);
    it.admitsExactly(1);
  }

  /**
   * Closing wakes who is blocked.
   *
   * <p>Promises: All 10, All 11.
   */
  @Test
  @DisplayName("All 10, All 11: closing the limiter ends a blocking wait")
  default void aBlockedThreadIsRefusedWhenTheLimiterCloses() {
    Trial it = Trial.of(this, 1);
    it.take(1);
    Aside<Permit> blocked = blocked(it, it.limiter::acquireBlocking);
    it.close();
    assertThat(Trial.failure(blocked.end(it)))
        .as("the failure must be of type LimiterClosedException")
        .isInstanceOf(LimiterClosedException.class);
  }
}
