package io.asynctools.circuitbreaker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that do something at the same time, again and again. */
final class Together implements AutoCloseable {
  private final ExecutorService threads;
  private final CyclicBarrier start;

  Together(int threads) {
    this.threads = Executors.newFixedThreadPool(threads);
    this.start = new CyclicBarrier(threads);
  }

  /** What a thread does, told its number. */
  interface Work {
    void run(int thread) throws Exception;
  }

  /** Runs it on every thread; returns once all have ended, or throws what one of them threw. */
  void run(Work work) throws InterruptedException, ExecutionException {
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < start.getParties(); i++) {
      int thread = i;
      all.add(
          threads.submit(
              () -> {
                start.await();
                work.run(thread);
                return null;
              }));
    }
    for (Future<?> each : all) {
      each.get();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
