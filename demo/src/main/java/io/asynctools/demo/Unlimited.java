package io.asynctools.demo;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.CheckedCallable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The limiter switched off: every call is admitted. */
final class Unlimited implements AsyncPolicy {
  @Override
  public String name() {
    return "unlimited";
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    try {
      return call.get().toCompletableFuture();
    } catch (Throwable e) { // as of every policy, the future tells it
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X {
    return call.call();
  }
}
