package io.asynctools.demo;

import java.time.Duration;

/**
 * How a flood of keys goes, in whole seconds: the tenants are alone, then keys that nobody has seen
 * before come beside them, and then the tenants are alone again.
 */
record Flood(int quiet, int flooded, int after) {
  /** In 8 s, a little over a million. */
  static final int KEYS_PER_SECOND = 130_000;

  /** Long enough to bring several times the keys that may be held. */
  static Flood scaled(int phaseSeconds) {
    return new Flood(2, Math.max(3, phaseSeconds * 4 / 5), 2);
  }

  Duration length() {
    return Duration.ofSeconds(quiet + flooded + after);
  }

  boolean isQuiet(int second) {
    return second <= quiet;
  }

  /** Whether the flood runs in a second, counted from 1. */
  boolean isFlooded(int second) {
    return second > quiet && second <= quiet + flooded;
  }
}
