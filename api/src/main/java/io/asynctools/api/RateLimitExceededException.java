package io.asynctools.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Thrown, or carried by a failed future, if a limiter cannot grant a permit in time. */
public final class RateLimitExceededException extends RejectedException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates a rejection without a key and without a cause.
   *
   * @param limiter the name of the limiter that rejected the call
   * @param reason why the call was rejected
   * @param retryAfter the time until the request could be granted; null if unknown
   */
  public RateLimitExceededException(String limiter, Reason reason, @Nullable Duration retryAfter) {
    super(limiter, reason, retryAfter);
  }

  /**
   * Creates a rejection.
   *
   * @param limiter the name of the limiter that rejected the call
   * @param reason why the call was rejected
   * @param retryAfter the time until the request could be granted; null if unknown
   * @param key the key whose limiter rejected the call; null if there is no key
   * @param cause what led to the rejection; null if there is none
   */
  public RateLimitExceededException(
      String limiter,
      Reason reason,
      @Nullable Duration retryAfter,
      @Nullable Object key,
      @Nullable Throwable cause) {
    super(limiter, reason, retryAfter, key, cause);
  }
}
