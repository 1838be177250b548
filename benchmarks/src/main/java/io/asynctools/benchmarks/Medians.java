package io.asynctools.benchmarks;

import java.util.Arrays;

/** The middle value: one round that a neighbour disturbed does not move it. */
final class Medians {
  static double of(double... values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private Medians() {}
}
