package io.asynctools.demo;

import io.asynctools.api.Rate;
import java.util.Optional;

/**
 * What a retry with a budget promises, read from the same properties that it is made from.
 *
 * @param share retries for each call
 * @param floor retries besides
 */
record Budget(double share, Rate floor) {

  /** The budget of a retry; empty if it has none. */
  static Optional<Budget> of(Limits limits, String retry) {
    Rate floor = limits.option(retry, "budget-floor").map(Rate::parse).orElse(Rate.perSecond(1));
    return limits
        .option(retry, "budget-share")
        .map(share -> new Budget(Double.parseDouble(share), floor));
  }

  /**
   * How many retries there may be beside so many calls in so many seconds from the first on: the
   * share of the calls, and the floor's, which has a second's worth, at least one, to begin with.
   */
  double allows(long calls, long seconds) {
    double perSecond = floor.permits() * 1e9 / floor.period().toNanos();
    return share * calls + perSecond * seconds + Math.max(1, perSecond);
  }
}
