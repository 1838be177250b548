package io.asynctools.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A limiter refused a call because it has no permit for it in time. */
public final class RateLimitExceededException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes a refusal.
   *
   * @param limiter the name of the limiter that refused
   * @param reason why
   * @param retryAfter how long until the request could be granted; null if not known
   */
  public RateLimitExceededException(String limiter, Reason reason, @Nullable Duration retryAfter) {
    super(limiter, reason, retryAfter);
  }
}
