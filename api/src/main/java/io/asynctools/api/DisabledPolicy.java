package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.PermittedCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Stands for a policy that is switched off by {@code enabled=false}: runs each call as it is. */
final class DisabledPolicy implements AsyncPolicy {
  private static final Permit NOTHING = () -> {};

  private final String name;
  private final String type;

  DisabledPolicy(String name, String type) {
    this.name = name;
    this.type = type;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public <T extends @Nullable Object> CompletableFuture<T> execute(
      Supplier<? extends CompletionStage<T>> call) {
    return PermittedCall.execute(NOTHING, call);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T call(
      CheckedCallable<? extends T, X> call) throws X, InterruptedException {
    requireNonNull(call, "call");
    if (Thread.interrupted()) {
      throw new InterruptedException("interrupted before the call");
    }
    return PermittedCall.call(NOTHING, call);
  }

  @Override
  public String toString() {
    return DisabledLimiter.text("DisabledPolicy", name, type);
  }
}
