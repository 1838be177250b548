package io.asynctools.circuitbreaker;

import io.asynctools.api.RejectedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A circuit breaker refused a call: it is open, or half open with all its probes out. */
public final class CircuitBreakerOpenException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes a refusal.
   *
   * @param breaker the name of the breaker
   * @param retryAfter how long it stays open; null if it is half open, since a probe may end at any
   *     time
   */
  public CircuitBreakerOpenException(String breaker, @Nullable Duration retryAfter) {
    super(breaker, Reason.CIRCUIT_OPEN, retryAfter);
  }
}
