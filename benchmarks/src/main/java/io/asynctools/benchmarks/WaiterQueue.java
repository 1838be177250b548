package io.asynctools.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What it costs to wait: time and memory to queue, and how soon the line moves. Not a loop of equal
 * operations, so not JMH: each round queues afresh, and the median of the rounds counts. One
 * subject runs in a JVM of its own.
 *
 * <p>Usage: {@code WaiterQueue SUBJECT ROUNDS WARM_UP_ROUNDS}; the last line of the output is the
 * figures.
 */
final class WaiterQueue {
  private static final int MANY = 100_000;
  private static final int FEW = 1_000;
  private static final int CANCELLED = 900;

  private final WaitingSubject subject;

  private WaiterQueue(WaitingSubject subject) {
    this.subject = subject;
  }

  public static void main(String[] args) throws InterruptedException {
    WaiterQueue queue = new WaiterQueue(WaitingSubject.valueOf(args[0]));
    int rounds = Integer.parseInt(args[1]);
    for (int i = Integer.parseInt(args[2]); i > 0; i--) {
      queue.round();
    }
    List<WaiterFigures> figures = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      figures.add(queue.round());
    }
    System.out.println(WaiterFigures.median(figures).toLine());
    System.exit(0); // whatever threads a peer left behind
  }

  private WaiterFigures round() throws InterruptedException {
    double[] queued = enqueue();
    settle();
    double drain = drain();
    settle();
    return new WaiterFigures(queued[0], queued[1], drain, cancel());
  }

  /**
   * The heap that the first 100 000 keep, the array of their futures aside (it is there before),
   * then the time to queue 100 000 more. One permit an hour: nobody is granted meanwhile.
   */
  private double[] enqueue() throws InterruptedException {
    CompletableFuture<?>[] first = new CompletableFuture<?>[MANY];
    CompletableFuture<?>[] more = new CompletableFuture<?>[MANY];
    try (WaitingLimiter limiter = subject.open(1, Duration.ofHours(1), 1)) {
      limiter.acquire(); // starts threads and takes what a peer gives to the first comer
      long before = OwnJvm.usedHeap();
      fill(first, limiter);
      double bytes = (double) (OwnJvm.usedHeap() - before) / MANY;
      long start = System.nanoTime();
      fill(more, limiter);
      double nanos = (double) (System.nanoTime() - start) / MANY;
      if (first[MANY - 1].isDone() || more[MANY - 1].isDone()) {
        throw new IllegalStateException(subject + " did not queue");
      }
      return new double[] {nanos, bytes};
    }
  }

  /** Ideal: 0.100 s, the time to earn 100 000 at a million a second from nothing. */
  private double drain() {
    CompletableFuture<?>[] futures = new CompletableFuture<?>[MANY];
    try (WaitingLimiter limiter = subject.open(1_000_000, Duration.ofSeconds(1), 10_000)) {
      long start = System.nanoTime();
      fill(futures, limiter);
      return awaitAll(futures, 0, start);
    }
  }

  /** Ideal: 0.1 s, the time to earn 100 at 1 000 a second, if those who left burn nothing. */
  private double cancel() {
    CompletableFuture<?>[] futures = new CompletableFuture<?>[FEW];
    try (WaitingLimiter limiter = subject.open(FEW, Duration.ofSeconds(1), FEW)) {
      long start = System.nanoTime();
      fill(futures, limiter);
      for (int i = 0; i < CANCELLED; i++) {
        futures[i].cancel(false);
      }
      return awaitAll(futures, CANCELLED, start);
    }
  }

  private static void fill(CompletableFuture<?>[] futures, WaitingLimiter limiter) {
    for (int i = 0; i < futures.length; i++) {
      futures[i] = limiter.acquire();
    }
  }

  /** Blocks on the last first: it is granted last, so that this thread wakes once and not often. */
  private static double awaitAll(CompletableFuture<?>[] futures, int from, long start) {
    for (int i = futures.length - 1; i >= from; i--) {
      futures[i].join();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Lets a closed limiter fail its waiters, and the collector take them, before the next case. */
  private static void settle() throws InterruptedException {
    Thread.sleep(200);
    System.gc();
  }
}
