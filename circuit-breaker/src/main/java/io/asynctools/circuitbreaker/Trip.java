package io.asynctools.circuitbreaker;

import io.asynctools.api.spi.Failures;
import org.jspecify.annotations.Nullable;

/**
 * What opens a breaker.
 *
 * @param why the text for the log and for rejections
 * @param slow whether slowness opens it, so that no failure does
 * @param error what the last failure threw; null if it threw nothing, or if slowness opens it
 * @param result what the last failed call returned, where its result is the failure
 */
record Trip(String why, boolean slow, @Nullable Throwable error, @Nullable Object result) {
  private static final int MAX_CAUSES = 32;

  /** Says what failed and how the last failure ended: by its class, since messages hold secrets. */
  static Trip failed(
      BreakerRule rule, String what, @Nullable Throwable error, @Nullable Object result) {
    String last = "";
    if (error != null) {
      last = ", the last one with " + Failures.cause(error).getClass().getName();
    } else if (rule.judgesResults) {
      last = ", the last one by its result";
    }
    return new Trip(what + last, false, error, result);
  }

  static Trip slow(String what) {
    return new Trip(what, true, null, null);
  }

  /**
   * Returns the failure that a rejection carries as its cause. If that failure itself came from a
   * rejection by the same breaker, it is what had opened the breaker then: otherwise each opening
   * would add a link to the chain.
   */
  @Nullable Throwable cause(String breaker) {
    Throwable link = error;
    for (int depth = 0; link != null && depth < MAX_CAUSES; depth++) {
      if (link instanceof CircuitBreakerOpenException rejection
          && rejection.limiter().equals(breaker)) {
        return rejection.getCause();
      }
      link = link.getCause();
    }
    return error;
  }
}
