package io.asynctools.proof.soak;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is alive, at intervals, and whether that grows. It goes up and down with the keys that
 * are not forgotten yet and the callers who wait, so what must not grow is the least of it.
 */
final class Heap {
  private static final double MEGABYTE = 1 << 20;
  private static final double MOST_GROWTH = 4; // megabytes: what noise may look like

  private final List<double[]> samples = new ArrayList<>(); // seconds, megabytes

  void sample(double seconds) {
    System.gc();
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    samples.add(new double[] {seconds, used / MEGABYTE});
  }

  double first() {
    return samples.get(warmedUp())[1];
  }

  double last() {
    return samples.get(samples.size() - 1)[1];
  }

  private double least(int from, int to) {
    return samples.subList(from, to).stream()
        .mapToDouble(sample -> sample[1])
        .min()
        .orElse(Double.MAX_VALUE);
  }

  double most() {
    return samples.stream().mapToDouble(sample -> sample[1]).max().orElse(0);
  }

  int count() {
    return samples.size();
  }

  /** The first third is for things to get going. */
  private int warmedUp() {
    return samples.size() / 3;
  }

  /** Megabytes a minute, by least squares. */
  double slope() {
    List<double[]> used = samples.subList(warmedUp(), samples.size());
    double meanX = used.stream().mapToDouble(sample -> sample[0]).average().orElse(0);
    double meanY = used.stream().mapToDouble(sample -> sample[1]).average().orElse(0);
    double xy = 0;
    double xx = 0;
    for (double[] sample : used) {
      xy += (sample[0] - meanX) * (sample[1] - meanY);
      xx += (sample[0] - meanX) * (sample[0] - meanX);
    }
    return xx == 0 ? 0 : 60 * xy / xx;
  }

  /** By how many megabytes the last third is above the one before, each at its least. */
  double growth() {
    int third = samples.size() / 3;
    return least(2 * third, samples.size()) - least(third, 2 * third);
  }

  boolean isFlat() {
    return samples.size() < 6 || growth() < MOST_GROWTH;
  }
}
