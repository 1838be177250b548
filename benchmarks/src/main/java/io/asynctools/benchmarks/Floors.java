package io.asynctools.benchmarks;

import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The least that any exact limiter must do: what ours is measured against. */
public final class Floors {

  /** A counter, for a compare-and-set without a clock. */
  @State(Scope.Benchmark)
  public static class Counter {
    final AtomicLong value = new AtomicLong();

    boolean increment() {
      for (; ; ) {
        long seen = value.get();
        if (value.compareAndSet(seen, seen + 1)) {
          return true;
        }
      }
    }
  }

  /**
   * Reads the state, reads the clock, compares, and replaces the state if the clock is past it: a
   * limiter without arithmetic, and without back-off, so that it collapses under contention as a
   * bare loop does. One nanosecond a permit.
   */
  @State(Scope.Benchmark)
  public static class ClockAndCas extends BucketSubject {
    private final AtomicLong issued = new AtomicLong();

    @Override
    void build() {
      long now = System.nanoTime();
      issued.set(situation == Situation.GRANTED ? now - Long.MAX_VALUE / 2 : now + LONG.toNanos());
    }

    @Override
    boolean attempt() {
      return take(issued);
    }

    static boolean take(AtomicLong issued) {
      for (; ; ) {
        long seen = issued.get();
        long now = System.nanoTime();
        if (now - seen < 1) {
          return false;
        }
        if (issued.compareAndSet(seen, seen + 1)) {
          return true;
        }
      }
    }
  }

  private Floors() {}
}
