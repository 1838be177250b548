package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a policy's {@code execute} returns: a future that learns of every ending from outside before
 * it takes effect: {@code cancel}, {@code complete}, {@code completeExceptionally} (and with them
 * {@code orTimeout} and {@code completeOnTimeout}), {@code completeAsync}. Its own side ends it
 * with {@link #finish} and {@link #finishExceptionally}, after winning the same race.
 *
 * <p>{@code obtrude…} is refused, since it goes round all of this. Dependents are plain futures:
 * ending one reaches nobody. Thread-safe, as every {@link CompletableFuture}.
 *
 * @param <T> what the future gives
 */
public abstract class GuardedFuture<T extends @Nullable Object> extends CompletableFuture<T> {

  /** For subclasses. */
  protected GuardedFuture() {}

  /**
   * Claims the ending for somebody outside, and does whatever it means for what goes on inside,
   * before any dependent hears of it. Called on the thread that ends it, perhaps by several at
   * once, and also after the future is done. What it throws comes out of {@code cancel} or {@code
   * complete…}, and the future stays as it is.
   *
   * @param failure the exception it ends with, without a {@link
   *     java.util.concurrent.CompletionException} around it; null for a cancel and for a value
   * @return whether this came first
   */
  protected abstract boolean endFromOutside(@Nullable Throwable failure);

  /**
   * Ends this future from inside, without {@link #endFromOutside}. Does nothing if it is done.
   *
   * @param value what it gives
   */
  protected final void finish(T value) {
    super.complete(value);
  }

  /**
   * Ends this future from inside, without {@link #endFromOutside}. Does nothing if it is done.
   *
   * @param error what it fails with
   */
  protected final void finishExceptionally(Throwable error) {
    super.completeExceptionally(error);
  }

  /**
   * Passes an ending from outside on to the stage of a call: a cancel as one, an exception as
   * itself, except to a subclass of {@link CompletableFuture} that takes no notice of exceptions.
   * That one may have more to do on {@code cancel} (the JDK's HTTP client closes the exchange then,
   * and only then), so it is cancelled. A stage that cannot be reached runs on: one whose {@code
   * toCompletableFuture} throws, or gives a copy. Never throws.
   *
   * @param stage the stage
   * @param failure what {@link #endFromOutside} was told
   */
  protected static void endStage(CompletionStage<?> stage, @Nullable Throwable failure) {
    try {
      CompletableFuture<?> future = stage.toCompletableFuture();
      if (failure != null && takesExceptions(future.getClass())) {
        future.completeExceptionally(failure);
      } else {
        future.cancel(true);
      }
    } catch (Throwable e) {
      if (!(e instanceof UnsupportedOperationException)) { // a stage may refuse to be a future
        Failures.log("a call's stage could not be ended", e);
      }
    }
  }

  /** A plain future, which has nothing to do on a cancel, or one with a say in how it ends. */
  private static boolean takesExceptions(Class<?> type) throws NoSuchMethodException {
    return type == CompletableFuture.class
        || type.getMethod("completeExceptionally", Throwable.class).getDeclaringClass()
            != CompletableFuture.class;
  }

  @Override
  public final boolean complete(T value) {
    return endFromOutside(null) && super.complete(value);
  }

  @Override
  public final boolean completeExceptionally(Throwable error) {
    requireNonNull(error, "error");
    Throwable failure = Failures.unwrap(error); // a dependent stage may have passed it on
    return endFromOutside(failure instanceof CancellationException ? null : failure)
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

  /**
   * Returns what this future is for and how far it is, on one line, for logs.
   *
   * @return for example {@code CallFuture[state=pending]}
   */
  @Override
  public String toString() {
    return getClass().getSimpleName() + "[state=" + stateText() + "]";
  }

  /** Returns one of pending, completed, cancelled and failed. */
  final String stateText() {
    if (!isDone()) {
      return "pending";
    }
    if (isCancelled()) {
      return "cancelled";
    }
    return isCompletedExceptionally() ? "failed" : "completed";
  }

  @Override
  public final <U extends @Nullable Object> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
