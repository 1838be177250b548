package io.asynctools.demo;

import java.time.Duration;

/**
 * How an outage goes, in whole seconds: the upstream is well, then flaky (more retries are wanted
 * than the budget allows), then it hangs (only a time-out ends a call), then it fails at once, and
 * then it is well again.
 */
record Outage(int well, int flaky, int hanging, int failing, int after) {
  /** Each part is long enough to show its point, and not much longer than the phases otherwise. */
  static Outage scaled(int phaseSeconds) {
    return new Outage(
        Math.max(1, phaseSeconds / 5),
        Math.max(2, phaseSeconds * 2 / 5),
        Math.max(2, phaseSeconds * 3 / 10),
        Math.max(2, phaseSeconds * 3 / 10),
        Math.max(4, phaseSeconds / 2));
  }

  Duration length() {
    return Duration.ofSeconds(lastSecond() + after);
  }

  /** The last second of the outage itself. */
  int lastSecond() {
    return well + flaky + hanging + failing;
  }

  /** Whether the upstream serves nobody in a second. */
  boolean isDown(int second) {
    Health health = at(second);
    return health == Health.HANGING || health == Health.FAILING;
  }

  /** How the upstream is in a second, counted from 1. */
  Health at(int second) {
    if (second <= well || second > lastSecond()) {
      return Health.WELL;
    }
    if (second <= well + flaky) {
      return Health.FLAKY;
    }
    return second <= well + flaky + hanging ? Health.HANGING : Health.FAILING;
  }
}
