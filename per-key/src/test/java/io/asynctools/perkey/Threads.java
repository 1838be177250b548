package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Threads of a test's own; none keeps the virtual machine alive. */
final class Threads {
  private Threads() {}

  /** Something that may block, while the test goes on. */
  static final class Aside<T> extends CompletableFuture<T> {
    final Thread thread;

    private Aside(Callable<? extends T> action) {
      thread =
          new Thread(
              () -> {
                try {
                  complete(action.call());
                } catch (Throwable e) {
                  completeExceptionally(e);
                }
              },
              "aside");
      thread.setDaemon(true);
      thread.start();
    }

    /** Until it waits for something, or is over. */
    Aside<T> blocks() {
      return reaches(Thread.State.WAITING);
    }

    /** Until it waits for a monitor, or is over. */
    Aside<T> isHeldUp() {
      return reaches(Thread.State.BLOCKED);
    }

    private Aside<T> reaches(Thread.State state) {
      long start = System.nanoTime();
      while (thread.getState() != state) {
        assertThat(isDone()).as("over before it blocked").isFalse();
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
        Thread.onSpinWait();
      }
      return this;
    }

    T result() throws Exception {
      return get(60, TimeUnit.SECONDS);
    }
  }

  static <T> Aside<T> aside(Callable<? extends T> action) {
    return new Aside<>(action);
  }

  /** What each of many threads gives that start together. */
  static <T> List<Aside<T>> together(int threads, IntFunction<Callable<T>> work) {
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Aside<T>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Callable<T> mine = work.apply(i);
      all.add(
          aside(
              () -> {
                start.await(60, TimeUnit.SECONDS);
                return mine.call();
              }));
    }
    return all;
  }
}
