package io.asynctools.testkit;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bad arguments fail at the call, are thrown, and take nothing. */
interface ArgumentPromises extends LimiterHooks {

  /**
   * Permits below 1.
   *
   * <p>Promises: All 9.
   */
  @Test
  @DisplayName("All 9: a request for less than 1 permit is rejected at the call")
  default void permitsBelowOneAreRefusedAtTheCall() {
    Trial it = Trial.of(this, 2);
    for (long permits : new long[] {0, -1, Long.MIN_VALUE}) {
      refusedAtTheCall(it.limiter, permits);
    }
    it.admitsExactly(2);
  }

  /**
   * More permits than can ever be granted; never a wait that cannot end.
   *
   * <p>Promises: All 9.
   */
  @Test
  @DisplayName("All 9: a request for more permits than can ever be granted is rejected at the call")
  default void morePermitsThanCanEverBeGrantedAreRefusedAtTheCall() {
    assumeTrue(weighted(), "a limiter whose permits have a weight");
    Trial it = Trial.of(this, 2);
    for (long permits : new long[] {3, Long.MAX_VALUE}) {
      refusedAtTheCall(it.limiter, permits);
    }
    it.admitsExactly(2);
    refusedAtTheCall(it.limiter, 3);
  }

  private static void refusedAtTheCall(AsyncRateLimiter limiter, long permits) {
    illegal(permits, () -> limiter.tryAcquire(permits));
    illegal(permits, () -> limiter.acquire(permits));
    illegal(permits, () -> limiter.acquire(permits, Duration.ZERO));
    illegal(permits, () -> limiter.acquireBlocking(permits, Duration.ZERO));
    illegal(permits, () -> limiter.execute(permits, () -> completedFuture("never")));
    illegal(permits, () -> limiter.call(permits, () -> "never"));
    if (permits < 1) {
      illegal(permits, () -> limiter.estimateWait(permits));
    }
  }

  private static void illegal(long permits, ThrowingCallable request) {
    assertThatIllegalArgumentException()
        .as("a request for %s permits must be rejected at the call, with that number", permits)
        .isThrownBy(request)
        .withMessageContaining(String.valueOf(permits));
  }

  /**
   * A negative wait.
   *
   * <p>Promises: All 9.
   */
  @Test
  @DisplayName("All 9: a negative maxWait is rejected at the call")
  default void aNegativeWaitIsRefusedAtTheCall() {
    Trial it = Trial.of(this, 1);
    for (Duration wait :
        new Duration[] {Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE)}) {
      assertThatIllegalArgumentException()
          .as("acquire(1, %s) must be rejected at the call", wait)
          .isThrownBy(() -> it.limiter.acquire(1, wait));
      assertThatIllegalArgumentException()
          .as("acquireBlocking(1, %s) must be rejected at the call", wait)
          .isThrownBy(() -> it.limiter.acquireBlocking(1, wait));
    }
    it.admitsExactly(1);
  }

  /**
   * The longest wait there is, is a wait like any other.
   *
   * <p>Promises: All 9.
   */
  @Test
  @DisplayName("All 9: the longest Duration is a legal maxWait")
  default void theLongestWaitIsLegal() {
    Trial it = Trial.of(this, 1);
    CompletableFuture<Permit> permit = it.limiter.acquire(1, Duration.ofSeconds(Long.MAX_VALUE));
    it.answers();
    Trial.isGranted(permit, "request 'permit'");
  }

  /**
   * Null.
   *
   * <p>Promises: All 9.
   */
  @Test
  @SuppressWarnings("NullAway")
  @DisplayName("All 9: null is rejected at the call")
  default void nullIsRefusedAtTheCall() {
    Trial it = Trial.of(this, 1);
    AsyncRateLimiter limiter = it.limiter;
    isNull(() -> limiter.acquire(1, null));
    isNull(() -> limiter.acquireBlocking(1, null));
    isNull(() -> limiter.execute(null));
    isNull(() -> limiter.execute(1, null));
    isNull(() -> limiter.call(null));
    isNull(() -> limiter.call(1, null));
    isNull(() -> limiter.decorate(null));
    isNull(() -> limiter.decorateFunction(null));
    it.admitsExactly(1);
  }

  private static void isNull(ThrowingCallable request) {
    assertThatNullPointerException().as("null must be rejected at the call").isThrownBy(request);
  }
}
