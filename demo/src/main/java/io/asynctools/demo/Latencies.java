package io.asynctools.demo;

import java.util.Arrays;
import java.util.OptionalLong;

/** Some latencies, all of them, so that percentiles are exact. Immutable. */
final class Latencies {
  static final Latencies NONE = new Latencies(new long[0]);

  private final long[] sortedNanos;

  private Latencies(long[] nanos) {
    Arrays.sort(nanos);
    this.sortedNanos = nanos;
  }

  /** The first so many of an array, which is copied. */
  static Latencies ofNanos(long[] nanos, int count) {
    return new Latencies(Arrays.copyOf(nanos, count));
  }

  Latencies plus(Latencies other) {
    long[] all = Arrays.copyOf(sortedNanos, sortedNanos.length + other.sortedNanos.length);
    System.arraycopy(other.sortedNanos, 0, all, sortedNanos.length, other.sortedNanos.length);
    return new Latencies(all);
  }

  /** The smallest that so many percent, 1 to 100, do not exceed (nearest rank); empty if none. */
  OptionalLong percentileMillis(int percent) {
    if (sortedNanos.length == 0) {
      return OptionalLong.empty();
    }
    int rank = (int) ((sortedNanos.length * (long) percent + 99) / 100);
    return OptionalLong.of(Math.round(sortedNanos[rank - 1] / 1e6));
  }
}
