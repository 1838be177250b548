package io.asynctools.perkey;

import io.asynctools.api.CheckedCallable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Notes that a call has started: a rejection that comes afterwards is the call's own, by a limiter
 * inside it, and says nothing of the key.
 */
abstract class NotedCall {
  boolean started; // read by the starting thread, or after the call's future has completed

  /** For {@code execute}. */
  static final class Async<T extends @Nullable Object> extends NotedCall
      implements Supplier<CompletionStage<T>> {
    private final Supplier<? extends CompletionStage<T>> call;

    Async(Supplier<? extends CompletionStage<T>> call) {
      this.call = call;
    }

    @Override
    public CompletionStage<T> get() {
      started = true;
      return call.get();
    }
  }

  /** For {@code call}. */
  static final class Blocking<T extends @Nullable Object, X extends Exception> extends NotedCall
      implements CheckedCallable<T, X> {
    private final CheckedCallable<? extends T, X> call;

    Blocking(CheckedCallable<? extends T, X> call) {
      this.call = call;
    }

    @Override
    public T call() throws X {
      started = true;
      return call.call();
    }
  }
}
