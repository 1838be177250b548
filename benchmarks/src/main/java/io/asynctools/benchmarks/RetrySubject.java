package io.asynctools.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A retry, ours or a peer's, around a call that has succeeded when it returns. */
public abstract class RetrySubject extends ContendedSubject {
  private static final String VALUE = "the value";

  /** One future for all calls, so that what is allocated is the retry's. */
  final CompletableFuture<String> done = CompletableFuture.completedFuture(VALUE);

  final Supplier<CompletionStage<String>> call = () -> done;

  /** Makes the call, by way of the retry; what it returns is complete. */
  abstract CompletionStage<String> execute();

  @Override
  final boolean isOnPath() {
    return VALUE.equals(execute().toCompletableFuture().getNow("none yet"));
  }
}
