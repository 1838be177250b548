package io.asynctools.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Keeps 64 decisions under way: whoever hears of one asks for the next, on the thread that it heard
 * it on, as asynchronous code does.
 */
final class InFlight {
  private static final int DECISIONS = 64;

  private final Supplier<CompletableFuture<Boolean>> next;
  private final LongAdder granted = new LongAdder();
  private final CompletableFuture<?>[] ended = new CompletableFuture<?>[DECISIONS];

  /**
   * @param next asks for a decision, or gives null when it was the last; called by many threads
   */
  InFlight(Supplier<CompletableFuture<Boolean>> next) {
    this.next = next;
  }

  InFlight start() {
    for (int i = 0; i < DECISIONS; i++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      ended[i] = end;
      go(end);
    }
    return this;
  }

  private void go(CompletableFuture<Void> end) {
    try {
      for (; ; ) {
        CompletableFuture<Boolean> decision = next.get();
        if (decision == null) {
          end.complete(null);
          return;
        }
        if (!decision.isDone()) {
          decision.whenComplete(
              (grant, failure) -> {
                if (failure != null) {
                  end.completeExceptionally(failure);
                } else if (isGranted(grant, end)) {
                  go(end);
                }
              });
          return;
        }
        if (!isGranted(decision.join(), end)) {
          return;
        }
      }
    } catch (RuntimeException | Error e) {
      end.completeExceptionally(e);
    }
  }

  private boolean isGranted(boolean grant, CompletableFuture<Void> end) {
    if (grant) {
      granted.increment();
    } else {
      end.completeExceptionally(new IllegalStateException("refused, and so on another path"));
    }
    return grant;
  }

  /** How many were granted so far. */
  long granted() {
    return granted.sum();
  }

  /** Throws if a decision was a refusal, or failed. */
  void check() {
    for (CompletableFuture<?> end : ended) {
      if (end.isCompletedExceptionally()) {
        end.join();
      }
    }
  }

  /** Waits for the last; throws as {@link #check} does. */
  void join() throws CompletionException {
    CompletableFuture.allOf(ended).join();
  }
}
