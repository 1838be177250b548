package io.asynctools.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * How long operations took, in microseconds.
 *
 * @param count how many there were
 * @param overOneMilli how many of them took over a millisecond
 */
record Latencies(
    double count, double p50, double p99, double p999, double max, double overOneMilli) {
  static final Latencies NONE = parse("NaN NaN NaN NaN NaN NaN");

  static Latencies of(Histogram nanos) {
    return new Latencies(
        nanos.getTotalCount(),
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3,
        nanos.getMaxValue() / 1e3,
        nanos.getCountBetweenValues(1_000_000, Long.MAX_VALUE));
  }

  /** Column by column. */
  static Latencies median(List<Latencies> rounds) {
    return new Latencies(
        median(rounds, Latencies::count),
        median(rounds, Latencies::p50),
        median(rounds, Latencies::p99),
        median(rounds, Latencies::p999),
        median(rounds, Latencies::max),
        median(rounds, Latencies::overOneMilli));
  }

  private static double median(List<Latencies> rounds, ToDoubleFunction<Latencies> column) {
    return Medians.of(rounds.stream().mapToDouble(column).toArray());
  }

  /** Part of a line, by which a forked JVM hands its figures back. */
  String toLine() {
    return String.format(
        Locale.ROOT, "%f %f %f %f %f %f", count, p50, p99, p999, max, overOneMilli);
  }

  static Latencies parse(String line) {
    double[] f = Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    return new Latencies(f[0], f[1], f[2], f[3], f[4], f[5]);
  }
}
