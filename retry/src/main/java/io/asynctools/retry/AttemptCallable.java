package io.asynctools.retry;

import org.jspecify.annotations.Nullable;

/**
 * A blocking call that is told which attempt it is.
 *
 * @param <T> what the call gives
 * @param <X> the checked exception it may throw; {@code RuntimeException} where it throws none
 */
@FunctionalInterface
public interface AttemptCallable<T extends @Nullable Object, X extends Exception> {

  /**
   * Makes the call.
   *
   * @param attempt the number of the attempt, and the last error
   * @return what the call gives
   * @throws X as the call does
   */
  T call(RetryAttempt attempt) throws X;
}
