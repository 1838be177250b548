package io.asynctools.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * What one subject did with its waiters.
 *
 * @param enqueueNanos the time of one {@code acquire()} while 100 000 wait already
 * @param bytes the heap that one waiter keeps
 * @param drainSeconds 100 000 waiters at a million a second, from the first {@code acquire()} on
 * @param cancelSeconds the last 100 of 1 000 waiters at 1 000 a second, after the first 900 left
 */
record WaiterFigures(double enqueueNanos, double bytes, double drainSeconds, double cancelSeconds) {

  static WaiterFigures median(List<WaiterFigures> rounds) {
    return new WaiterFigures(
        median(rounds, WaiterFigures::enqueueNanos),
        median(rounds, WaiterFigures::bytes),
        median(rounds, WaiterFigures::drainSeconds),
        median(rounds, WaiterFigures::cancelSeconds));
  }

  /** One line, by which a forked JVM hands its figures back. */
  String toLine() {
    return String.format(
        Locale.ROOT, "%f %f %f %f", enqueueNanos, bytes, drainSeconds, cancelSeconds);
  }

  static WaiterFigures parse(String line) {
    double[] f = Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    return new WaiterFigures(f[0], f[1], f[2], f[3]);
  }

  private static double median(List<WaiterFigures> rounds, ToDoubleFunction<WaiterFigures> figure) {
    return Medians.of(rounds.stream().mapToDouble(figure).toArray());
  }
}
