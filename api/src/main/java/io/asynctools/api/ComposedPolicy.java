package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One policy around another: the inner one's future is the outer one's call. */
record ComposedPolicy(AsyncPolicy outer, AsyncPolicy inner) implements AsyncPolicy {

  @Override
  public String name() {
    return outer.name() + " > " + inner.name();
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    return outer.execute(() -> inner.<T>execute(call));
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      long permits, Supplier<? extends CompletionStage<T>> call) {
    requireNonNull(call, "call");
    try {
      return outer.execute(permits, () -> inner.<T>execute(permits, call));
    } catch (IllegalArgumentException e) {
      if (permits < 1) {
        throw e;
      }
      return CompletableFuture.failedFuture(e); // wherever in the stack the limiter stands
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    CheckedCallable<T, X> inside = asOneType(() -> inner.<T, X>call(call));
    return outer.<T, X>call(inside);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      long permits, CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    CheckedCallable<T, X> inside = asOneType(() -> inner.<T, X>call(permits, call));
    return outer.<T, X>call(permits, inside);
  }

  /**
   * The call of the inner policy throws X, and InterruptedException if its wait is interrupted. One
   * type variable cannot name both, so the compiler sees X; both leave the stack as they are.
   */
  @SuppressWarnings("unchecked")
  private static <T extends @Nullable Object, X extends Exception> CheckedCallable<T, X> asOneType(
      CheckedCallable<T, Exception> call) {
    return (CheckedCallable<T, X>) call;
  }

  /** The layers, outermost first. */
  @Override
  public String toString() {
    return outer + " > " + inner;
  }

  // Written out: of the generated forms the JDK keeps the last class it ran on, and so its loader.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ComposedPolicy that
        && outer.equals(that.outer)
        && inner.equals(that.inner);
  }

  @Override
  public int hashCode() {
    return 31 * outer.hashCode() + inner.hashCode();
  }
}
