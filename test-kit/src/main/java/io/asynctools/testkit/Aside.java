package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Something that may block, on a thread of its own, while the test goes on. */
final class Aside<T> {
  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;
  private final Duration patience;

  private Aside(Duration patience, Callable<? extends T> action) {
    this.patience = patience;
    this.thread =
        daemon(
            () -> {
              try {
                outcome.complete(action.call());
              } catch (Throwable e) {
                outcome.completeExceptionally(e);
              }
            });
  }

  /** A thread that keeps no virtual machine alive. */
  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "aside");
    thread.setDaemon(true);
    return thread;
  }

  static <T> Aside<T> start(LimiterHooks hooks, Callable<? extends T> action) {
    Aside<T> aside = new Aside<>(hooks.patience(), action);
    aside.thread.start();
    return aside;
  }

  Thread thread() {
    return thread;
  }

  /** Until it waits for something. */
  void awaitBlocked() {
    await(
        patience,
        "a thread that blocks",
        () ->
            switch (thread.getState()) {
              case WAITING, TIMED_WAITING -> true;
              default -> false;
            });
  }

  boolean isOver() {
    return outcome.isDone();
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Runs the tasks of the limiter until this has ended. */
  CompletableFuture<T> end(Trial trial) {
    await(
        patience,
        "the end of what another thread does",
        () -> {
          trial.settle();
          return outcome.isDone();
        });
    return outcome;
  }

  @SuppressWarnings("ThreadPriorityCheck")
  static void await(Duration patience, String what, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start)
          .as("a limiter must not make another thread wait for ever: no sign of %s", what)
          .isLessThan(patience.toNanos());
      Thread.yield(); // to the thread that is waited for: there may be few cores
    }
  }
}
