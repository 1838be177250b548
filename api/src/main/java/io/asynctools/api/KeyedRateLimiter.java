package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One limiter per key, made on first use and forgotten when idle. Thread-safe; keys are
 * independent.
 *
 * @param <K> the key: a tenant, a user, a host; needs {@code equals} and {@code hashCode}
 */
public interface KeyedRateLimiter<K> extends AutoCloseable {

  /**
   * The limiter of a key, as a view that stays valid when the limiter behind it is forgotten and
   * made again. Closing a view does nothing.
   *
   * @param key the key
   * @return the view
   */
  AsyncRateLimiter forKey(K key);

  /**
   * Runs a call under the limiter of {@code key}.
   *
   * @param <T> what the call gives
   * @param key the key
   * @param call starts the call
   * @return as {@link AsyncRateLimiter#execute(Supplier)}
   */
  default <T extends @Nullable Object> CompletableFuture<T> execute(
      K key, Supplier<? extends CompletionStage<T>> call) {
    return forKey(key).execute(call);
  }

  /**
   * Runs a call that costs {@code permits} under the limiter of {@code key}.
   *
   * @param <T> what the call gives
   * @param key the key
   * @param permits what the call costs, at least 1
   * @param call starts the call
   * @return as {@link AsyncRateLimiter#execute(long, Supplier)}
   * @throws IllegalArgumentException if {@code permits} is below 1 or more than can ever be granted
   */
  default <T extends @Nullable Object> CompletableFuture<T> execute(
      K key, long permits, Supplier<? extends CompletionStage<T>> call) {
    return forKey(key).execute(permits, call);
  }

  /**
   * Wraps a call of one argument so that each run goes through the limiter of the argument's key.
   *
   * @param <A> the argument
   * @param <T> what the call gives
   * @param keyOf the key of an argument
   * @param call the call
   * @return the wrapped call; a {@code keyOf} that throws, or gives null, ends the future
   */
  default <A extends @Nullable Object, T extends @Nullable Object>
      Function<A, CompletableFuture<T>> decorate(
          Function<? super A, ? extends K> keyOf,
          Function<? super A, ? extends CompletionStage<T>> call) {
    requireNonNull(keyOf, "keyOf");
    requireNonNull(call, "call");
    return argument -> {
      AsyncRateLimiter limiter;
      try {
        limiter = forKey(requireNonNull(keyOf.apply(argument), "keyOf gave null"));
      } catch (RuntimeException | Error e) {
        return CompletableFuture.failedFuture(e);
      }
      return limiter.execute(() -> call.apply(argument));
    };
  }

  /**
   * Closes the limiter of {@code key} and drops it, whatever its state. The next use of the key
   * starts with a new limiter, as if the key had never been used. Does nothing if the key has no
   * limiter, or if this is closed.
   *
   * <p>Waiters of the key fail with {@link LimiterClosedException}. Calls that run may finish;
   * their permits no longer count. Views of the key stay valid. To be called by an operator, for
   * example after the limit of a tenant has changed.
   *
   * @param key the key
   * @throws UnsupportedOperationException if this implementation cannot remove a key, which is the
   *     default
   */
  default void remove(K key) {
    throw new UnsupportedOperationException(getClass().getName() + " does not support remove(key)");
  }

  /** Closes the limiter of every key and stops housekeeping. Closing again does nothing. */
  @Override
  void close();
}
