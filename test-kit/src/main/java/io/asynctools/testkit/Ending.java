package io.asynctools.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The ways in which somebody may say of a future: no longer wanted. */
enum Ending {
  CANCEL {
    @Override
    void end(CompletableFuture<? extends @Nullable Object> future) {
      future.cancel(false);
    }
  },
  EXCEPTION {
    @Override
    void end(CompletableFuture<? extends @Nullable Object> future) {
      future.completeExceptionally(new TimeoutException());
    }
  },
  VALUE {
    @Override
    void end(CompletableFuture<? extends @Nullable Object> future) {
      Ending.<@Nullable Object>any(future).complete(null);
    }
  },
  ASYNC_VALUE {
    @Override
    void end(CompletableFuture<? extends @Nullable Object> future) {
      Ending.<@Nullable Object>any(future).completeAsync(() -> null, Runnable::run);
    }
  },
  OR_TIMEOUT {
    @Override
    void end(CompletableFuture<? extends @Nullable Object> future) {
      Ending.<@Nullable Object>any(future).orTimeout(1, TimeUnit.NANOSECONDS);
    }
  },
  ON_TIMEOUT {
    @Override
    void end(CompletableFuture<? extends @Nullable Object> future) {
      Ending.<@Nullable Object>any(future).completeOnTimeout(null, 1, TimeUnit.NANOSECONDS);
    }
  };

  /** Ends a future, now or in a moment. */
  abstract void end(CompletableFuture<? extends @Nullable Object> future);

  @SuppressWarnings("unchecked") // the value that ends it is null
  private static <T extends @Nullable Object> CompletableFuture<T> any(
      CompletableFuture<? extends @Nullable Object> future) {
    return (CompletableFuture<T>) future;
  }
}
