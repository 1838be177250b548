package io.asynctools.benchmarks;

import java.util.Map;

/**
 * What was measured of limiters of many keys, beside their operations.
 *
 * @param memory with a million keys
 * @param hugeMemory with ten million, where that was asked for
 * @param housekeeping what users notice of it
 */
record KeyFigures(
    Map<Subject, KeyMemory.Figures> memory,
    Map<Subject, KeyMemory.Figures> hugeMemory,
    KeyHousekeeping.Figures housekeeping) {
  static final KeyFigures NONE = new KeyFigures(Map.of(), Map.of(), KeyHousekeeping.Figures.NONE);

  boolean isMeasured() {
    return !memory.isEmpty();
  }
}
