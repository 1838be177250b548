package io.asynctools.api.strangers;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.CheckedCallable;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A limiter of somebody else's: it admits everybody, and writes its end into a journal. */
public class StrangeLimiter implements AsyncRateLimiter {
  private final String name;
  private final Executor journal;
  private boolean closed;

  public StrangeLimiter(String name, Executor journal) {
    this.name = name;
    this.journal = journal;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Optional<Permit> tryAcquire() {
    return closed ? Optional.empty() : Optional.of(() -> {});
  }

  @Override
  public Optional<Permit> tryAcquire(long permits) {
    return tryAcquire();
  }

  @Override
  public CompletableFuture<Permit> acquire() {
    return closed
        ? CompletableFuture.failedFuture(new LimiterClosedException(name))
        : CompletableFuture.completedFuture(() -> {});
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

  @Override
  public boolean isIdle() {
    return false;
  }

  @Override
  public void close() {
    closed = true;
    journal.execute(new Note("closed " + name));
    if (name.startsWith("grumpy")) {
      throw new IllegalStateException("I will not be closed");
    }
  }

  /** What a test's executor is handed, to be read as text. */
  private record Note(String text) implements Runnable {
    @Override
    public void run() {}

    @Override
    public String toString() {
      return text;
    }
  }
}
