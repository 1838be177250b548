package io.asynctools.circuitbreaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Decides how long a circuit breaker stays open, from the failure that opens it: for example, as
 * long as the callee's {@code Retry-After} says. Given to {@link
 * CircuitBreaker.Builder#timeoutFunction}.
 */
@FunctionalInterface
public interface TimeoutFunction {

  /**
   * Returns how long the breaker stays open. Called on the thread that ends the failed call, when
   * the breaker is about to open, and outside any lock. If several calls fail at once, it may be
   * called for more than one of them; one answer is used. Must not block.
   *
   * <p>Not called if slowness or {@code forceOpen} opens the breaker.
   *
   * @param error what the last failed call ended with, as {@code recordFailureIf} sees it; null if
   *     its result was the failure
   * @param result the result that {@code recordFailureIfResult} called a failure; null otherwise
   * @return the time, which {@code maxTimeout} bounds; null, zero or a negative time for the time
   *     that the breaker would stay open without this function. If it throws, that is logged once
   *     and counts as null
   */
  @Nullable Duration timeout(@Nullable Throwable error, @Nullable Object result);
}
