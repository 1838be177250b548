package io.asynctools.circuitbreaker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Rules of breakers with a window, for tests of the windows alone. */
final class Rules {
  private Rules() {}

  /** A rule that trips by the share of failures alone. */
  static BreakerRule failureRate(double share, int minimumCalls) {
    return rule(share, minimumCalls, null);
  }

  /** A rule that trips by the share of slow calls, and of failures where all have failed. */
  static BreakerRule slowRate(double share, int minimumCalls) {
    return rule(1.0, minimumCalls, share);
  }

  private static BreakerRule rule(
      double failureRate, int minimumCalls, @Nullable Double slowCallRate) {
    BreakerConfig config =
        new BreakerConfig(
            null,
            Steps.TIMEOUT,
            1,
            null,
            CountWindow.LARGEST,
            null,
            failureRate,
            minimumCalls,
            slowCallRate == null ? null : Duration.ofSeconds(1),
            slowCallRate,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return new BreakerRule(config, Steps.NAME, null, null, System.Logger.Level.OFF);
  }
}
