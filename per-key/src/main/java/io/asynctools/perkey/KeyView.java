package io.asynctools.perkey;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
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
 */
record KeyView<K, L extends AsyncRateLimiter>(String name, Keys<K, L> keys, K key)
    implements AsyncRateLimiter {

  @Override
  public Optional<Permit> tryAcquire() {
    Entry<K, L> entry = keys.pinnedIfThereIsRoom(key);
    if (entry == null) {
      return Optional.empty();
    }
    try {
      return entry.limiter().tryAcquire();
    } finally {
      entry.unpin();
    }
  }

  @Override
  public Optional<Permit> tryAcquire(long permits) {
    checkPermits(permits);
    Entry<K, L> entry = keys.pinnedIfThereIsRoom(key);
    if (entry == null) {
      return Optional.empty();
    }
    try {
      return entry.limiter().tryAcquire(permits);
    } finally {
      entry.unpin();
    }
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    return future(AsyncRateLimiter::acquire);
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits) {
    checkPermits(permits);
    return future(limiter -> limiter.acquire(permits));
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    checkPermits(permits);
    requireNonNull(maxWait, "maxWait");
    return future(limiter -> limiter.acquire(permits, maxWait));
  }

  @Override
  public Permit acquireBlocking() throws InterruptedException {
    Entry<K, L> entry = keys.pinnedInterruptibly(key);
    try {
      return entry.limiter().acquireBlocking();
    } finally {
      entry.unpin();
    }
  }

  @Override
  public Permit acquireBlocking(long permits, Duration maxWait) throws InterruptedException {
    checkPermits(permits);
    requireNonNull(maxWait, "maxWait");
    Entry<K, L> entry = keys.pinnedInterruptibly(key);
    try {
      return entry.limiter().acquireBlocking(permits, maxWait);
    } finally {
      entry.unpin();
    }
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    return future(limiter -> limiter.<T>execute(call));
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    checkPermits(permits);
    requireNonNull(call, "call");
    return future(limiter -> limiter.<T>execute(permits, call));
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    Entry<K, L> entry = keys.pinnedInterruptibly(key);
    try {
      return entry.limiter().<T, X>call(call);
    } finally {
      entry.unpin();
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    checkPermits(permits);
    requireNonNull(call, "call");
    Entry<K, L> entry = keys.pinnedInterruptibly(key);
    try {
      return entry.limiter().<T, X>call(permits, call);
    } finally {
      entry.unpin();
    }
  }

  /** Asks the limiter, and makes one if there is none; zero if there may be none. */
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

  private interface Use<L, T extends @Nullable Object> {
    CompletableFuture<T> of(L limiter);
  }

  /** What goes wrong before the limiter is asked ends the future; what it throws, it throws. */
  private <T extends @Nullable Object> CompletableFuture<T> future(Use<? super L, T> use) {
    Entry<K, L> entry;
    try {
      entry = keys.pinned(key);
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
    try {
      return use.of(entry.limiter());
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
