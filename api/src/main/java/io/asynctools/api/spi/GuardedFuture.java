package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that learns of every ending from outside before it takes effect: {@code cancel}, {@code
 * complete}, {@code completeExceptionally} (and with them {@code orTimeout} and {@code
 * completeOnTimeout}), {@code completeAsync}. Its own side ends it with {@link #finish} and {@link
 * #finishExceptionally}, after winning the same race.
 *
 * <p>{@code obtrude…} is refused, since it goes round all of this. Dependents are plain futures.
 */
abstract class GuardedFuture<T extends @Nullable Object> extends CompletableFuture<T> {

  /**
   * Claims the ending for somebody outside, and does whatever it means for what goes on inside,
   * before any dependent hears of it.
   *
   * @param failure the exception it ends with; null for a cancel and for a value
   * @return whether this came first
   */
  abstract boolean endFromOutside(@Nullable Throwable failure);

  final void finish(T value) {
    super.complete(value);
  }

  final void finishExceptionally(Throwable error) {
    super.completeExceptionally(error);
  }

  @Override
  public final boolean complete(T value) {
    return endFromOutside(null) && super.complete(value);
  }

  @Override
  public final boolean completeExceptionally(Throwable error) {
    requireNonNull(error, "error");
    return endFromOutside(error instanceof CancellationException ? null : error)
        && super.completeExceptionally(error);
  }

  @Override
  public final boolean cancel(boolean mayInterruptIfRunning) {
    return endFromOutside(null) ? super.cancel(mayInterruptIfRunning) : isCancelled();
  }

  @Override
  public final CompletableFuture<T> completeAsync(Supplier<? extends T> supplier) {
    return completeAsync(supplier, defaultExecutor());
  }

  @Override
  public final CompletableFuture<T> completeAsync(
      Supplier<? extends T> supplier, Executor executor) {
    requireNonNull(supplier, "supplier");
    executor.execute(
        () -> {
          if (!isDone()) {
            try {
              complete(supplier.get());
            } catch (Throwable e) {
              completeExceptionally(e);
            }
          }
        });
    return this;
  }

  @Override
  public final void obtrudeValue(T value) {
    throw new UnsupportedOperationException("this future may be shared: it cannot be obtruded");
  }

  @Override
  public final void obtrudeException(Throwable error) {
    throw new UnsupportedOperationException("this future may be shared: it cannot be obtruded");
  }

  @Override
  public final <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
