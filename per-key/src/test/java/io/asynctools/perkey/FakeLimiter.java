package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Lets everybody in, and is idle when a test says so. */
class FakeLimiter implements AsyncRateLimiter {
  final AtomicInteger closed = new AtomicInteger();
  private final BooleanSupplier idle;

  FakeLimiter(BooleanSupplier idle) {
    this.idle = idle;
  }

  /** Whose key is never forgotten. */
  static FakeLimiter busy() {
    return new FakeLimiter(() -> false);
  }

  /** Whose key may be forgotten at any time. */
  static FakeLimiter idle() {
    return new FakeLimiter(() -> true);
  }

  @Override
  public boolean isIdle() {
    return idle.getAsBoolean();
  }

  @Override
  public void close() {
    closed.incrementAndGet();
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Optional<Permit> tryAcquire() {
    return Optional.of(() -> {});
  }

  @Override
  public Optional<Permit> tryAcquire(long permits) {
    return tryAcquire();
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    return CompletableFuture.completedFuture(() -> {});
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits) {
    return acquire();
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    return acquire();
  }

  @Override
  public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
    return call.get().toCompletableFuture();
  }

  @Override
  public <T> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    return execute(call);
  }

  @Override
  public <T, X extends Exception> T call(CheckedCallable<? extends T, X> call) throws X {
    return call.call();
  }

  @Override
  public <T, X extends Exception> T call(long permits, CheckedCallable<? extends T, X> call)
      throws X {
    return call.call();
  }
}
