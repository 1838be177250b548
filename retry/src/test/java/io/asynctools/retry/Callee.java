package io.asynctools.retry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A call whose attempts the test ends by hand. */
final class Callee implements Supplier<CompletableFuture<String>> {
  private final List<CompletableFuture<String>> attempts = new ArrayList<>();

  @Override
  public CompletableFuture<String> get() {
    CompletableFuture<String> attempt = new CompletableFuture<>();
    attempts.add(attempt);
    return attempt;
  }

  int started() {
    return attempts.size();
  }

  /** The attempt of a number, from 1. */
  CompletableFuture<String> attempt(int number) {
    return attempts.get(number - 1);
  }

  void fail(Throwable error) {
    attempts.get(attempts.size() - 1).completeExceptionally(error);
  }

  void succeed(String value) {
    attempts.get(attempts.size() - 1).complete(value);
  }
}
