package io.asynctools.testkit;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A future that hands every ending on to the one it stands for, for subclasses that do more. */
class WrappedFuture extends CompletableFuture<Permit> {
  private final CompletableFuture<Permit> honest;

  WrappedFuture(CompletableFuture<Permit> honest) {
    this.honest = honest;
    honest.whenComplete(
        (permit, error) -> {
          if (error == null) {
            super.complete(permit);
          } else {
            super.completeExceptionally(error);
          }
        });
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return honest.cancel(mayInterruptIfRunning);
  }

  @Override
  public boolean complete(Permit permit) {
    return honest.complete(permit);
  }

  @Override
  public boolean completeExceptionally(Throwable error) {
    return honest.completeExceptionally(error);
  }

  @Override
  public CompletableFuture<Permit> completeAsync(
      Supplier<? extends Permit> supplier, Executor executor) {
    honest.completeAsync(supplier, executor);
    return this;
  }
}
