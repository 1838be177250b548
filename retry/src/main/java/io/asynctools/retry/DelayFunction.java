package io.asynctools.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Has the last word on how long to wait before an attempt, so that a server's {@code Retry-After}
 * can be obeyed. Called on whatever thread ended the attempt, so it must be quick.
 */
@FunctionalInterface
public interface DelayFunction {

  /**
   * Chooses a delay. {@code maxDelay} does not bound the answer, {@code totalTimeout} does.
   *
   * <p>If this throws or gives null, that is logged once and {@code computed} stands.
   *
   * @param error what the attempt failed with, as {@code retryIf} sees it; null where its result
   *     asked for the retry
   * @param result what the attempt gave, if its result asked for the retry
   * @param nextAttempt the number of the attempt that will follow: 2 after the first
   * @param computed what the backoff says, or a refusal's {@code retryAfter} if that is longer
   * @return the delay to use; a negative one counts as zero
   */
  Duration delay(
      @Nullable Throwable error, @Nullable Object result, int nextAttempt, Duration computed);
}
