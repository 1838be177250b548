package io.asynctools.redis.faults;

import io.asynctools.api.Rate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Whether grants keep to a rate, in every window. Of each grant is known when it was asked for and
 * when it was there, so it was decided in between: a window that holds both certainly holds the
 * decision. Never blames an innocent one; the tighter the two are, the less escapes.
 */
final class Windows {
  private final double permitsPerNano;
  private final long[] ends;
  private final double[] best; // a tree: the largest (count - rate * end) of the leaves below
  private final double[] added;
  private final int leaves;

  private Windows(double permitsPerNano, long[] ends) {
    this.permitsPerNano = permitsPerNano;
    this.ends = ends;
    leaves = Math.max(1, Integer.highestOneBit(Math.max(1, ends.length - 1)) << 1);
    best = new double[2 * leaves];
    added = new double[2 * leaves];
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
  }

  /**
   * By how much the grants of any window exceed what the rate brings in it: at most the capacity,
   * if the promise is kept.
   *
   * @param grants pairs of nanoseconds: not decided before, not decided after
   */
  static double burst(List<long[]> grants, Rate rate) {
    double permitsPerNano = rate.permits() / (double) rate.period().toNanos();
    long origin = grants.stream().mapToLong(grant -> grant[0]).min().orElse(0);
    List<long[]> byStart =
        grants.stream()
            .map(grant -> new long[] {grant[0] - origin, grant[1] - origin})
            .sorted(Comparator.comparingLong(grant -> -grant[0]))
            .toList();
    long[] ends = byStart.stream().mapToLong(grant -> grant[1]).sorted().distinct().toArray();
    Windows windows = new Windows(permitsPerNano, ends);
    for (int i = 0; i < ends.length; i++) {
      windows.set(i, -permitsPerNano * ends[i]);
    }
    double burst = 0;
    for (long[] grant : byStart) {
      windows.count(grant[1]);
      burst = Math.max(burst, windows.largestFrom(grant[0]) + permitsPerNano * grant[0]);
    }
    return burst;
  }

  private void set(int leaf, double value) {
    for (int node = leaves + leaf; node >= 1; node /= 2) {
      best[node] = Math.max(best[node], value);
    }
  }

  /** One more in each window that ends then or later. */
  private void count(long end) {
    change(1, 0, leaves, Arrays.binarySearch(ends, end));
  }

  private void change(int node, int from, int to, int first) {
    if (to <= first) {
      return;
    }
    if (from >= first) {
      best[node] += 1;
      added[node] += 1;
      return;
    }
    int middle = (from + to) / 2;
    change(2 * node, from, middle, first);
    change(2 * node + 1, middle, to, first);
    best[node] = Math.max(best[2 * node], best[2 * node + 1]) + added[node];
  }

  private double largestFrom(long start) {
    int first = Arrays.binarySearch(ends, start);
    return largest(1, 0, leaves, first < 0 ? -first - 1 : first);
  }

  private double largest(int node, int from, int to, int first) {
    if (to <= first) {
      return Double.NEGATIVE_INFINITY;
    }
    if (from >= first) {
      return best[node];
    }
    int middle = (from + to) / 2;
    return added[node]
        + Math.max(
            largest(2 * node, from, middle, first), largest(2 * node + 1, middle, to, first));
  }
}
