package io.asynctools.retry;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears of each retry, before the wait for it: for metrics and logs. A listener that needs the
 * result too, or the end of the call, is one for {@link Retry.Builder#onEvent}. Called on whatever
 * thread ended the attempt, so it must be quick; what it throws is logged once and changes nothing.
 */
@FunctionalInterface
public interface RetryListener {

  /**
   * An attempt failed, and another will follow unless the caller calls it off meanwhile.
   *
   * @param error what the attempt failed with, as {@code retryIf} sees it; null where its result
   *     asked for the retry
   * @param nextAttempt the number of the attempt that will follow: 2 after the first
   * @param delay how long until then, zero or more
   */
  void onRetry(@Nullable Throwable error, int nextAttempt, Duration delay);
}
