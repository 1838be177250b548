package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The other threads of a test: started together, joined, and failed for. */
final class Others {
  private static final int PATIENCE = 30; // seconds, spent only by what is stuck

  /** What a thread does. */
  interface Action {
    void run() throws Exception;
  }

  private Others() {}

  /** Runs an action on another daemon thread. */
  static CompletableFuture<Void> start(Action action) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                action.run();
                outcome.complete(null);
              } catch (Throwable e) {
                outcome.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return outcome;
  }

  /** Runs an action on several threads at once, and waits for all. */
  static void runTogether(int threads, Action action) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          start(
              () -> {
                await(start);
                action.run();
              }));
    }
    start.countDown();
    for (CompletableFuture<Void> each : all) {
      join(each);
    }
  }

  static void join(CompletableFuture<?> outcome) throws Exception {
    outcome.get(PATIENCE, TimeUnit.SECONDS);
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE, TimeUnit.SECONDS)).as("the other thread came").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
