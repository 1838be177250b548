package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.RateLimiterBase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A view of a limiter that keeps its promises, for subclasses that break one. */
class ForwardingLimiter implements AsyncRateLimiter {
  final RateLimiterBase to;

  ForwardingLimiter(RateLimiterBase to) {
    this.to = to;
  }

  @Override
  public String name() {
    return to.name();
  }

  @Override
  public Optional<Permit> tryAcquire() {
    return to.tryAcquire();
  }

  @Override
  public Optional<Permit> tryAcquire(long permits) {
    return to.tryAcquire(permits);
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    return to.acquire();
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits) {
    return to.acquire(permits);
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    return to.acquire(permits, maxWait);
  }

  @Override
  public Permit acquireBlocking() throws InterruptedException {
    return to.acquireBlocking();
  }

  @Override
  public Permit acquireBlocking(long permits, Duration maxWait) throws InterruptedException {
    return to.acquireBlocking(permits, maxWait);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    return to.execute(call);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    return to.execute(permits, call);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    return to.call(call);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    return to.call(permits, call);
  }

  @Override
  public Duration estimateWait(long permits) {
    return to.estimateWait(permits);
  }

  @Override
  public boolean isIdle() {
    return to.isIdle();
  }

  @Override
  public void close() {
    to.close();
  }
}
