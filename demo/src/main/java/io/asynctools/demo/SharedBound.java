package io.asynctools.demo;

import io.asynctools.api.Rate;
import java.util.List;
import java.util.Map;

/**
 * How many requests may be admitted in a while, by all gateways together: {@code capacity + rate ·
 * (t + 1 µs)}, a microsecond being the tick of Redis' clock. When Redis is back, each gateway finds
 * out by itself; until it does, it admits alone what its share allows, and that comes on top.
 *
 * @param rate of the shared limit
 * @param capacity of the shared limit
 * @param share of the rate, that a gateway has alone
 */
record SharedBound(Rate rate, long capacity, double share) {
  private static final long TICK_NANOS = 1_000;

  /**
   * A while in which a gateway was alone although Redis was there.
   *
   * @param from when it heard from Redis last
   * @param to when it admitted the last request alone
   */
  record Alone(long from, long to) {}

  /**
   * A window of time.
   *
   * @param from its first instant
   * @param to its last
   * @param admitted how many requests were, for sure, admitted in it
   * @param bound how many may be
   */
  record Window(long from, long to, long admitted, double bound) {

    double seconds() {
      return (to - from) / 1e9;
    }

    boolean isOver() {
      return admitted > bound + 1e-9; // doubles are that exact, and more
    }
  }

  static SharedBound of(Map<String, String> properties) {
    String limit = SharedGateway.NAME;
    return new SharedBound(
        Rate.parse(properties.getOrDefault(limit + ".rate", "")),
        Long.parseLong(properties.getOrDefault(limit + ".capacity", "")),
        Double.parseDouble(properties.getOrDefault(limit + ".local-share", "")));
  }

  double perSecond() {
    return 1e9 * perNano();
  }

  private double perNano() {
    return (double) rate.permits() / rate.period().toNanos();
  }

  /** How many may be admitted from one instant to another. */
  double allows(long from, long to, List<Alone> alone) {
    return capacity + perNano() * (TICK_NANOS + earned(from, to, alone));
  }

  /** The time from one instant to another, with that of those who are alone, which counts less. */
  private double earned(long from, long to, List<Alone> alone) {
    double nanos = to - from;
    for (Alone one : alone) {
      long begins = one.from() - from > 0 ? one.from() : from;
      long ends = one.to() - to < 0 ? one.to() : to;
      nanos += share * Math.max(0, ends - begins);
    }
    return nanos;
  }

  /**
   * The window that comes closest to what may be, or goes the most beyond it. A request counts in a
   * window if it was asked and heard of in it: then it was decided there, however late the answer.
   *
   * @param grants what was admitted, in the order in which it was heard of; at least one
   */
  Window fullest(List<SharedGrant> grants, List<Alone> alone) {
    int n = grants.size();
    long origin = grants.get(0).asked();
    double[] asked = new double[n]; // what was earned until then
    double[] heard = new double[n];
    for (int i = 0; i < n; i++) {
      asked[i] = sinceOrigin(origin, grants.get(i).asked(), alone);
      heard[i] = sinceOrigin(origin, grants.get(i).heard(), alone);
    }
    double most = Double.NEGATIVE_INFINITY;
    Window fullest = new Window(origin, origin, 0, capacity);
    for (int first = 0; first < n; first++) {
      long from = grants.get(first).asked();
      long admitted = 0;
      for (int last = 0; last < n; last++) {
        if (grants.get(last).asked() - from < 0) {
          continue;
        }
        admitted++;
        double bound = capacity + perNano() * (TICK_NANOS + heard[last] - asked[first]);
        if (admitted - bound > most) {
          most = admitted - bound;
          fullest = new Window(from, grants.get(last).heard(), admitted, bound);
        }
      }
    }
    return fullest;
  }

  private double sinceOrigin(long origin, long instant, List<Alone> alone) {
    return instant - origin >= 0 ? earned(origin, instant, alone) : -earned(instant, origin, alone);
  }
}
