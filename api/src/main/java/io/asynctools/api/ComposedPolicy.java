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
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    // The wait inside may be interrupted, so the call that the outer policy makes throws two kinds
    // of exception, which one type variable cannot say: the compiler is told X, and both are passed
    // on as they are.
    CheckedCallable<T, X> inside = () -> callInner(call);
    return outer.<T, X>call(inside);
  }

  @SuppressWarnings("unchecked")
  private <T extends @Nullable Object, X extends Exception> T callInner(
      CheckedCallable<? extends T, X> call) throws X {
    try {
      return inner.<T, X>call(call);
    } catch (InterruptedException e) {
      throw (X) e;
    }
  }
}
