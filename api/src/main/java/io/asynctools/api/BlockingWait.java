package io.asynctools.api;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** Waits on the calling thread for what {@code acquire} gave, and gives up cleanly. */
final class BlockingWait {
  private BlockingWait() {}

  static Permit permitOf(Supplier<CompletableFuture<Permit>> acquire) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException(); // before anything was asked for
    }
    CompletableFuture<Permit> permit = acquire.get();
    try {
      return permit.get();
    } catch (InterruptedException e) {
      if (permit.cancel(true)) {
        throw e;
      }
      // The grant (or refusal) came first: it is the answer, and the interrupt is for what comes
      // next.
      Thread.currentThread().interrupt();
      return permit.join();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw unchecked(cause == null ? e : cause);
    }
  }

  private static RuntimeException unchecked(Throwable cause) {
    if (cause instanceof RuntimeException) {
      return (RuntimeException) cause;
    }
    if (cause instanceof Error) {
      throw (Error) cause;
    }
    return new CompletionException(cause);
  }
}
