package io.asynctools.testkit;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The semaphore that everybody writes first: a count, a queue of futures, and {@code synchronized}
 * around all of it. The release completes the next future under the lock, on its own thread, one
 * inside the other, whether anybody still wants it or not.
 */
final class NaiveSemaphore extends ForwardingLimiter {
  private final Deque<CompletableFuture<Permit>> line = new ArrayDeque<>();
  private final boolean lastFirst;
  private long free;

  /** With {@code lastFirst}, an honest mistake more: a stack for a queue. */
  NaiveSemaphore(LimiterSettings settings, long permits, boolean lastFirst) {
    super(new ToySemaphore(settings, permits)); // for the name, and other things not naive
    this.free = permits;
    this.lastFirst = lastFirst;
  }

  @Override
  public Optional<Permit> tryAcquire() {
    return tryAcquire(1);
  }

  @Override
  public synchronized Optional<Permit> tryAcquire(long permits) {
    if (free == 0) {
      return Optional.empty();
    }
    free--;
    return Optional.of(this::release);
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    return acquire(1);
  }

  @Override
  public CompletableFuture<Permit> acquire(long permits, Duration maxWait) {
    return acquire(permits);
  }

  @Override
  public synchronized CompletableFuture<Permit> acquire(long permits) {
    CompletableFuture<Permit> future = new CompletableFuture<>();
    Optional<Permit> now = tryAcquire(permits);
    if (now.isPresent()) {
      future.complete(now.get());
    } else {
      line.add(future);
    }
    return future;
  }

  @Override
  public Permit acquireBlocking() throws InterruptedException {
    try {
      return acquire().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Permit acquireBlocking(long permits, Duration maxWait) throws InterruptedException {
    return acquireBlocking();
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    return execute(1, call);
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    return acquire(permits)
        .thenCompose(
            permit -> {
              try {
                return call.get();
              } finally {
                permit.release();
              }
            });
  }

  private synchronized void release() {
    CompletableFuture<Permit> next = lastFirst ? line.pollLast() : line.poll();
    if (next == null) {
      free++;
    } else {
      next.complete(this::release);
    }
  }

  synchronized int waiters() {
    return line.size();
  }
}
