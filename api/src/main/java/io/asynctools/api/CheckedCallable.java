package io.asynctools.api;

import org.jspecify.annotations.Nullable;

/**
 * A call that may throw one checked exception type. The type is inferred where a lambda is passed,
 * so that callers need no {@code catch (Exception)}.
 *
 * @param <T> what the call gives
 * @param <X> the checked exception it may throw; {@code RuntimeException} where it throws none
 */
@FunctionalInterface
public interface CheckedCallable<T extends @Nullable Object, X extends Exception> {

  /**
   * Makes the call.
   *
   * @return what the call gives
   * @throws X as the call does
   */
  T call() throws X;
}
