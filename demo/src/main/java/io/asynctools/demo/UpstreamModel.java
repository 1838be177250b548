package io.asynctools.demo;

import java.time.Duration;

/**
 * How a fragile service behaves: some workers, a bounded line before them, and a service time that
 * grows once the line is long, because what waits costs memory, scheduling and contention too. The
 * penalty is quadratic in the load, as the coherency term of Gunther's Universal Scalability Law,
 * so that beyond its best point the service does <em>less</em> the more is asked of it. It has no
 * memory: it is slow while the line is long and well again when the line is short.
 *
 * @param workers how many requests are served at once
 * @param serviceTime how long one takes while the line is short
 * @param comfortable how many may wait before service slows down
 * @param longestLine how many may wait; who comes then is turned away
 * @param slowdown by how much service is slower when the line is full
 */
record UpstreamModel(
    int workers, Duration serviceTime, int comfortable, int longestLine, double slowdown) {

  /** 200 requests a second; 67 when the line is full. */
  static final UpstreamModel FRAGILE = new UpstreamModel(20, Duration.ofMillis(100), 100, 250, 3.0);

  UpstreamModel {
    if (workers < 1 || comfortable < 0 || longestLine <= comfortable || slowdown < 1) {
      throw new IllegalArgumentException(
          "needs workers >= 1, 0 <= comfortable < longestLine, slowdown >= 1; was "
              + workers
              + ", "
              + comfortable
              + ", "
              + longestLine
              + ", "
              + slowdown);
    }
  }

  /** How long a request takes whose service starts while so many others wait. */
  long serviceNanos(int waiting) {
    double strain = Math.max(0, waiting - comfortable) / (double) (longestLine - comfortable);
    return Math.round(serviceTime.toNanos() * (1 + (slowdown - 1) * strain * strain));
  }

  /** What it can do at best. */
  double capacityPerSecond() {
    return throughput(0);
  }

  /** What is left of that when the line is full. */
  double collapsedPerSecond() {
    return throughput(longestLine);
  }

  private double throughput(int waiting) {
    return workers * 1e9 / serviceNanos(waiting);
  }
}
