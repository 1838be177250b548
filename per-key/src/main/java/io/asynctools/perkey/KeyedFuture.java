package io.asynctools.perkey;

import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.GuardedFuture;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands for the future of a waiter, and names the key if the waiter is rejected in the end. What
 * ends this future from outside ends the waiter's own.
 */
final class KeyedFuture<T extends @Nullable Object> extends GuardedFuture<T>
    implements BiConsumer<T, @Nullable Throwable> {
  private final CompletableFuture<T> inner;
  private final @Nullable NotedCall call; // null for a permit
  private final Object key;
  private volatile boolean ending; // from outside: the caller's outcome is the one to keep

  @SuppressWarnings("FutureReturnValueIgnored") // accept() never throws
  KeyedFuture(CompletableFuture<T> inner, @Nullable NotedCall call, Object key) {
    this.inner = inner;
    this.call = call;
    this.key = key;
  }

  /** Follows the inner future; once, by the one who made this. */
  @SuppressWarnings("FutureReturnValueIgnored") // accept() never throws
  KeyedFuture<T> follow() {
    inner.whenComplete(this);
    return this;
  }

  @Override
  public void accept(T value, @Nullable Throwable thrown) {
    if (ending) {
      return; // endFromOutside sees to it
    }
    if (thrown == null) {
      finish(value);
    } else {
      finishExceptionally(named(thrown, call, key));
    }
  }

  /**
   * The failure, with the key in it if it is a rejection by the key's own limiter that names none.
   */
  static Throwable named(Throwable thrown, @Nullable NotedCall call, Object key) {
    return Failures.unwrap(thrown) instanceof RejectedException rejection
            && (call == null || !call.started)
        ? named(rejection, key)
        : thrown;
  }

  static RejectedException named(RejectedException rejection, Object key) {
    try {
      return rejection.key().isPresent() ? rejection : rejection.withKey(key);
    } catch (Throwable e) { // of the key's toString(), or out of memory: rather without the key
      return rejection;
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // accept() never throws
  protected boolean endFromOutside(@Nullable Throwable failure) {
    ending = true;
    boolean ended = false;
    try {
      ended = failure == null ? inner.cancel(true) : inner.completeExceptionally(failure);
    } finally {
      if (!ended) { // the outcome came first, or is about to
        ending = false;
        if (inner.isDone()) {
          inner.whenComplete(this);
        }
      }
    }
    return ended;
  }
}
