package io.asynctools.api;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Lets every call pass, and writes down when it came and how it went. */
class RecordingPolicy implements AsyncPolicy {
  private final String name;
  private final List<String> journal;

  RecordingPolicy(String name, List<String> journal) {
    this.name = name;
    this.journal = journal;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
    journal.add(name + " in");
    CompletableFuture<T> inner = call.get().toCompletableFuture();
    CompletableFuture<T> result = new CompletableFuture<>();
    inner.whenComplete(
        (value, error) -> {
          journal.add(name + " out");
          if (error == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(error);
          }
        });
    result.whenComplete(
        (value, error) -> {
          if (result.isCancelled() && inner.cancel(false)) {
            journal.add(name + " cancelled");
          }
        });
    return result;
  }

  @Override
  public <T, X extends Exception> T call(CheckedCallable<? extends T, X> call)
      throws X, InterruptedException {
    journal.add(name + " in");
    if (Thread.interrupted()) {
      throw new InterruptedException(name);
    }
    try {
      return call.call();
    } finally {
      journal.add(name + " out");
    }
  }
}
