package io.asynctools.proof.soak;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.retry.RetryBudget;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * All strategies on real threads, with thousands of keys, callers who leave, and a clock that jumps
 * forward, for as long as one likes. Prints its figures as a table; the exit code is 1 if a promise
 * was broken, the heap grew, somebody never heard, or a thread was left behind.
 */
public final class Soak {
  private static final int THREADS = 8;
  private static final int KEYS = 10_000;
  private static final int HOT_KEYS = 8; // which half of the deeds are about
  private static final int SAMPLES = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final double seconds;
  private final long patienceNanos; // with what should end, before it is called stuck
  private final PrintStream table;
  private final JumpingTime time = new JumpingTime();
  private final Violations violations = new Violations();
  private final Pending pending = new Pending();
  private final List<Drill> drills;
  private final int keys;
  private final Heap heap = new Heap();
  private final LongAdder deeds = new LongAdder();
  private final long begun = System.nanoTime();
  private long jumps;
  private volatile boolean over;

  Soak(
      double seconds,
      int keys,
      Duration patience,
      UnaryOperator<AsyncRateLimiter> breakage,
      RetryBudget budget,
      PrintStream table) {
    this.patienceNanos = patience.toNanos();
    this.seconds = seconds;
    this.keys = keys;
    this.table = table;
    Surroundings world = new Surroundings(time, violations, pending, keys, breakage, budget);
    this.drills = List.of(new Buckets(world), new Semaphores(world), new Stacks(world));
  }

  /**
   * Runs the soak.
   *
   * @param arguments {@code --minutes} and how many, 10 by default
   * @throws InterruptedException if somebody interrupts it
   */
  public static void main(String[] arguments) throws InterruptedException {
    double minutes = 10;
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      if (!arguments[i].equals("--minutes")) {
        System.err.println("unknown option " + arguments[i] + "; there is --minutes <number>");
        System.exit(2);
      }
      minutes = Double.parseDouble(arguments[i + 1]);
    }
    Soak soak =
        new Soak(
            minutes * 60, KEYS, PATIENCE, UnaryOperator.identity(), Stacks.budget(), System.out);
    System.exit(soak.run() ? 0 : 1);
  }

  /** True if nothing was wrong. */
  boolean run() throws InterruptedException {
    List<Thread> workers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      workers.add(new Thread(this::work, "soak-" + i));
    }
    workers.forEach(Thread::start);
    oversee();
    over = true;
    for (Thread worker : workers) {
      worker.join();
    }
    settle();
    int left = windUp();
    print(left);
    return violations.count() == 0;
  }

  private void work() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    while (!over) {
      Drill drill = drills.get(random.nextInt(drills.size()));
      int key = random.nextInt(random.nextBoolean() ? Math.min(HOT_KEYS, keys) : keys);
      try {
        drill.act(key);
        pending.endSome();
      } catch (Throwable e) {
        violations.add(drill.name() + " threw: " + e);
      }
      deeds.increment();
    }
  }

  /** Moves the clock, looks at what was granted, and weighs the heap. */
  private void oversee() throws InterruptedException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    double nextSample = 0;
    for (double passed = 0; passed < seconds; passed = (System.nanoTime() - begun) / 1e9) {
      Thread.sleep(50);
      drills.forEach(Drill::inspect);
      if (random.nextInt(4) == 0) {
        jumps++;
        time.jump(
            random.nextInt(50) == 0
                ? Duration.ofHours(1).toNanos()
                : random.nextLong(Duration.ofSeconds(1).toNanos()));
      }
      if (passed >= nextSample) {
        heap.sample(passed);
        nextSample += seconds / SAMPLES;
      }
    }
    if (!heap.isFlat()) {
      violations.add(String.format(Locale.ROOT, "the heap grew by %.1f MB", heap.growth()));
    }
  }

  /** Lets all that is under way come to its end. */
  private void settle() throws InterruptedException {
    long from = System.nanoTime();
    while (pending.open() > 0 && System.nanoTime() - from < patienceNanos) {
      pending.endAll();
      time.jump(Duration.ofSeconds(1).toNanos());
      Thread.sleep(5);
    }
    pending.endAll();
    if (pending.open() > 0) {
      violations.add(pending.open() + " futures never end");
    }
    drills.forEach(Drill::checkAtRest);
  }

  /** Nothing is left: no key, once they have been idle for long enough, and no thread. */
  private int windUp() throws InterruptedException {
    long from = System.nanoTime();
    while (drills.stream().anyMatch(drill -> drill.keys() > 0)
        && System.nanoTime() - from < patienceNanos) {
      time.jump(Duration.ofMinutes(1).toNanos());
      Thread.sleep(100);
    }
    for (Drill drill : drills) {
      if (drill.keys() > 0) {
        violations.add(drill.name() + ": " + drill.keys() + " keys are never forgotten");
      }
      drill.close();
    }
    int left = threads();
    while (left > 0 && System.nanoTime() - from < patienceNanos) {
      Thread.sleep(100);
      left = threads();
    }
    if (left > 0) {
      violations.add(left + " threads are left behind");
    }
    return left;
  }

  private static int threads() {
    int count = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      count += thread.getName().startsWith("async-tools") ? 1 : 0;
    }
    return count;
  }

  private void print(int threadsLeft) {
    double took = (System.nanoTime() - begun) / 1e9;
    table.println("| soak | |");
    table.println("|---|---|");
    row("threads, keys", "%d, %,d", THREADS, keys);
    row("time, with winding up", "%.0f s, %.0f s", seconds, took);
    row("deeds", "%,d", deeds.sum());
    row("futures that were waited for, all ended", "%,d", pending.begun());
    for (Drill drill : drills) {
      row("admitted: " + drill.name(), "%,d", drill.admitted());
    }
    row("jumps of the clock", "%,d", jumps);
    row(
        "heap after collection: warmed up, most, last",
        "%.1f MB, %.1f MB, %.1f MB",
        heap.first(),
        heap.most(),
        heap.last());
    row("its growth, third to third", "%.1f MB", heap.growth());
    row("its slope, of " + heap.count() + " samples", "%.2f MB/min", heap.slope());
    row("threads left behind", "%d", threadsLeft);
    row("violations", "%d", violations.count());
    violations.first().forEach(what -> table.println("VIOLATION " + what));
  }

  private void row(String what, String format, Object... values) {
    table.println("| " + what + " | " + String.format(Locale.ROOT, format, values) + " |");
  }
}
