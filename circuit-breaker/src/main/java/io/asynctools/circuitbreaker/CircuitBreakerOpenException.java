package io.asynctools.circuitbreaker;

import io.asynctools.api.RejectedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Thrown, or carried by a failed future, if a circuit breaker rejects a call: it is open, or half
 * open with all its probes out. The message says what opened it. If a failure did, {@link
 * #getCause} is the last failure that the breaker recorded before it opened.
 *
 * <p>The cause is the exception that the failed call ended with, and other callers may hold it.
 * There is none if slowness, a failed result or {@code forceOpen} opened the breaker, and while it
 * is isolated.
 */
public final class CircuitBreakerOpenException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /** What opened the breaker; null if unknown. */
  private final @Nullable String openedBy;

  /**
   * Creates a rejection that does not say what opened the breaker.
   *
   * @param breaker the name of the breaker
   * @param retryAfter how long it stays open; null if unknown: while it is half open, since a probe
   *     may end at any time, and while it is isolated
   */
  public CircuitBreakerOpenException(String breaker, @Nullable Duration retryAfter) {
    super(breaker, Reason.CIRCUIT_OPEN, retryAfter);
    this.openedBy = null;
  }

  CircuitBreakerOpenException(
      String breaker, @Nullable Duration retryAfter, String openedBy, @Nullable Throwable cause) {
    super(breaker, Reason.CIRCUIT_OPEN, retryAfter, null, cause);
    this.openedBy = openedBy;
  }

  @Override
  public String getMessage() {
    String message = super.getMessage();
    return openedBy == null ? message : message + "; opened by: " + openedBy;
  }
}
