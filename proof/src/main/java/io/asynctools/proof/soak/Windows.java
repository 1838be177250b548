package io.asynctools.proof.soak;

import io.asynctools.api.Rate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The grants of one bucket, each with when it was asked for and when it was heard of: it was
 * decided somewhere between the two. So whatever was asked for and heard of within a window was
 * granted in it, and is no more than {@code capacity + rate · (t + 1 ns)}.
 */
final class Windows {

  /** A grant of so many permits. */
  private record Grant(long asked, long heard, long permits) {}

  private final String name;
  private final Rate rate;
  private final long capacity;
  private final Violations violations;
  private final Queue<Grant> grants = new ConcurrentLinkedQueue<>();

  Windows(String name, Rate rate, long capacity, Violations violations) {
    this.name = name;
    this.rate = rate;
    this.capacity = capacity;
    this.violations = violations;
  }

  void granted(long asked, long heard, long permits) {
    grants.add(new Grant(asked, heard, permits));
  }

  /** Checks all windows since the last time. */
  void inspect() {
    List<Grant> taken = new ArrayList<>();
    for (Grant grant = grants.poll(); grant != null; grant = grants.poll()) {
      taken.add(grant);
    }
    if (taken.isEmpty()) {
      return;
    }
    long origin = taken.get(0).asked; // the clock may wrap: compared by difference
    taken.sort(Comparator.comparingLong(grant -> grant.heard - origin));
    for (Grant first : taken) {
      long sum = 0;
      for (Grant last : taken) {
        if (last.asked - first.asked >= 0) {
          sum += last.permits;
          check(first.asked, last.heard, sum);
        }
      }
    }
  }

  private void check(long from, long to, long sum) {
    double allowed = capacity + (double) rate.permits() * (to - from + 1) / rate.period().toNanos();
    if (sum > allowed + 1e-6) {
      violations.add(name + ": " + sum + " permits in " + (to - from) + " ns, not " + allowed);
    }
  }
}
