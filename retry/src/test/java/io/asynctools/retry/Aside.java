package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Something that blocks, on a thread of its own, while the test moves the time. */
final class Aside<T> {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30); // spent only by what is stuck

  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;
  private volatile boolean interruptedAtTheEnd;

  private Aside(Callable<? extends T> action) {
    thread =
        new Thread(
            () -> {
              try {
                T value = action.call();
                interruptedAtTheEnd = Thread.currentThread().isInterrupted();
                outcome.complete(value);
              } catch (Throwable e) {
                interruptedAtTheEnd = Thread.currentThread().isInterrupted();
                outcome.completeExceptionally(e);
              }
            },
            "aside");
    thread.setDaemon(true);
  }

  static <T> Aside<T> start(Callable<? extends T> action) {
    Aside<T> aside = new Aside<>(action);
    aside.thread.start();
    return aside;
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Until it waits for something. */
  void awaitBlocked() {
    await(
        () ->
            switch (thread.getState()) {
              case WAITING, TIMED_WAITING -> true;
              default -> false;
            });
  }

  T value() throws Exception {
    return outcome.get(PATIENCE, TimeUnit.NANOSECONDS);
  }

  /** What it threw. */
  Throwable error() throws Exception {
    return outcome
        .handle(
            (value, error) -> {
              assertThat(error).as("what was thrown in place of " + value).isNotNull();
              return error;
            })
        .get(PATIENCE, TimeUnit.NANOSECONDS);
  }

  /** After its end: whether it left its thread interrupted. */
  boolean isInterruptedAtTheEnd() {
    assertThat(outcome).isDone();
    return interruptedAtTheEnd;
  }

  @SuppressWarnings("ThreadPriorityCheck")
  static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as("nanoseconds waited in vain").isLessThan(PATIENCE);
      Thread.yield(); // to the thread that is waited for: there may be few cores
    }
  }
}
