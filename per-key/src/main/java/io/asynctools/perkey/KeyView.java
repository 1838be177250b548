package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.Failures;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The limiter of a key, whichever that is at the time: each use finds it or makes it, and pins it
 * meanwhile. What a use leaves behind, a permit out or a waiter, keeps the limiter from being idle,
 * and so from being forgotten.
 *
 * <p>Rejections name the key: the view puts it into those of the key's limiter, which does not know
 * it. A use that meets a limiter while the key is removed asks the next one.
 */
final class KeyView<K, L extends AsyncRateLimiter> implements AsyncRateLimiter {
  private final Keys<K, L> keys;
  private final K key;

  KeyView(Keys<K, L> keys, K key) {
    this.keys = keys;
    this.key = key;
  }

  @Override
  public String name() {
    return keys.name();
  }

  @Override
  public Optional<Permit> tryAcquire() {
    while (true) {
      Entry<K, L> entry = keys.pinnedIfThereIsRoom(key);
      if (entry == null) {
        return Optional.empty();
      }
      Optional<Permit> permit;
      boolean removed;
      try {
        permit = entry.limiter().tryAcquire();
      } finally {
        removed = entry.unpin();
      }
      if (!removed || permit.isPresent()) {
        return permit;
      }
    }
  }

  @Override
  public Optional<Permit> tryAcquire(long permits) {
    checkPermits(permits);
    while (true) {
      Entry<K, L> entry = keys.pinnedIfThereIsRoom(key);
      if (entry == null) {
        return Optional.empty();
      }
      Optional<Permit> permit;
      boolean removed;
      try {
        permit = entry.limiter().tryAcquire(permits);
      } finally {
        removed = entry.unpin();
      }
      if (!removed || permit.isPresent()) {
        return permit;
      }
    }
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    return future(AsyncRateLimiter::acquire, null);
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits) {
    checkPermits(permits);
    return future(limiter -> limiter.acquire(permits), null);
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    checkPermits(permits);
    requireNonNull(maxWait, "maxWait");
    return future(limiter -> limiter.acquire(permits, maxWait), null);
  }

  @Override
  public Permit acquireBlocking() throws InterruptedException {
    return this.<Permit, RuntimeException>blocking(AsyncRateLimiter::acquireBlocking, null);
  }

  @Override
  public Permit acquireBlocking(long permits, Duration maxWait) throws InterruptedException {
    checkPermits(permits);
    requireNonNull(maxWait, "maxWait");
    return this.<Permit, RuntimeException>blocking(
        limiter -> limiter.acquireBlocking(permits, maxWait), null);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    NotedCall.Async<T> noted = new NotedCall.Async<>(requireNonNull(call, "call"));
    return future(limiter -> limiter.<T>execute(noted), noted);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    checkPermits(permits);
    NotedCall.Async<T> noted = new NotedCall.Async<>(requireNonNull(call, "call"));
    return future(limiter -> limiter.<T>execute(permits, noted), noted);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    NotedCall.Blocking<T, X> noted = new NotedCall.Blocking<>(requireNonNull(call, "call"));
    return this.<T, X>blocking(limiter -> limiter.<T, X>call(noted), noted);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    checkPermits(permits);
    NotedCall.Blocking<T, X> noted = new NotedCall.Blocking<>(requireNonNull(call, "call"));
    return this.<T, X>blocking(limiter -> limiter.<T, X>call(permits, noted), noted);
  }

  /**
   * Asks the limiter, and makes one if there is none, since only that knows; zero if there may be
   * none.
   */
  @Override
  public Duration estimateWait(long permits) {
    checkPermits(permits);
    Entry<K, L> entry = keys.pinnedIfThereIsRoom(key);
    if (entry == null) {
      return Duration.ZERO;
    }
    try {
      return entry.limiter().estimateWait(permits);
    } finally {
      entry.unpin();
    }
  }

  /** True also if there is no limiter now: that is what being forgotten means. */
  @Override
  public boolean isIdle() {
    L limiter = keys.peek(key);
    return limiter == null ? !keys.isClosed() : limiter.isIdle();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KeyView<?, ?> view && view.keys == keys && view.key.equals(key);
  }

  @Override
  public int hashCode() {
    return 31 * System.identityHashCode(keys) + key.hashCode();
  }

  /** Makes no limiter, and waits for none that is being made. */
  @Override
  public String toString() {
    return "KeyView[name="
        + keys.name()
        + ", key="
        + Text.of(key, Text.KEY)
        + ", limiter="
        + limiterText()
        + "]";
  }

  private String limiterText() {
    try {
      L limiter = keys.peek(key);
      return limiter != null ? Text.of(limiter, Text.LIMITER) : keys.isClosed() ? "closed" : "none";
    } catch (RuntimeException e) { // the key's equals
      return "unknown";
    }
  }

  private interface Use<L, T extends @Nullable Object> {
    CompletableFuture<T> of(L limiter);
  }

  /** What goes wrong before the limiter is asked ends the future; what it throws, it throws. */
  private <T extends @Nullable Object> CompletableFuture<T> future(
      Use<? super L, T> use, @Nullable NotedCall call) {
    while (true) {
      Entry<K, L> entry;
      try {
        entry = keys.pinned(key);
      } catch (Throwable e) {
        return CompletableFuture.failedFuture(e);
      }
      CompletableFuture<T> future;
      boolean removed;
      try {
        future = use.of(entry.limiter());
      } finally {
        removed = entry.unpin();
      }
      if (call != null && call.started) {
        return future;
      }
      if (!future.isDone()) {
        return followed(future, call);
      }
      if (!future.isCompletedExceptionally()) {
        return future;
      }
      Throwable failure = failureOf(future);
      if (!removed || !(failure instanceof LimiterClosedException)) {
        Throwable named = KeyedFuture.named(failure, call, key);
        return named == failure ? future : CompletableFuture.failedFuture(named);
      }
    }
  }

  private <T extends @Nullable Object> CompletableFuture<T> followed(
      CompletableFuture<T> waiter, @Nullable NotedCall call) {
    try {
      return new KeyedFuture<>(waiter, call, key).follow();
    } catch (Throwable e) { // out of memory: rather without the key than without the waiter
      return waiter;
    }
  }

  private static Throwable failureOf(CompletableFuture<?> failed) {
    return requireNonNull(failed.handle((value, thrown) -> Failures.unwrap(thrown)).join());
  }

  private interface BlockingUse<L, T extends @Nullable Object, X extends Exception> {
    T of(L limiter) throws X, InterruptedException;
  }

  private <T extends @Nullable Object, X extends Exception> T blocking(
      BlockingUse<? super L, T, X> use, @Nullable NotedCall call) throws X, InterruptedException {
    Entry<K, L> entry = keys.pinnedInterruptibly(key);
    try {
      return use.of(entry.limiter());
    } catch (RejectedException e) {
      throw call != null && call.started ? e : KeyedFuture.named(e, key);
    } finally {
      entry.unpin();
    }
  }

  private static void checkPermits(long permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("permits must be at least 1, was " + permits);
    }
  }
}
