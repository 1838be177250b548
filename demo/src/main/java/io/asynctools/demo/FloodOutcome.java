package io.asynctools.demo;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What came of a {@link FloodPhase}.
 *
 * @param flood how it went
 * @param seconds what happened in each
 * @param mostHeld the most keys that were held at any time that somebody looked
 */
record FloodOutcome(Flood flood, List<Second> seconds, long mostHeld) {

  /**
   * One second of it.
   *
   * @param number from 1; those after the flood's length are a rest
   * @param tenants what the tenants saw
   * @param keys what became of the random keys
   * @param held keys that were held at its end
   * @param heap bytes that were in use at its end
   */
  record Second(int number, SecondStats tenants, KeyFlood.Counts keys, long held, long heap) {}

  /** The tenants before the flood. */
  SecondStats quiet() {
    return tenants(second -> flood.isQuiet(second.number()));
  }

  /** The tenants while it ran. */
  SecondStats flooded() {
    return tenants(second -> flood.isFlooded(second.number()));
  }

  /** The tenants from its beginning on, so with the last answers to what was asked in it. */
  SecondStats sinceItBegan() {
    return tenants(second -> !flood.isQuiet(second.number()));
  }

  private SecondStats tenants(Predicate<Second> which) {
    return seconds.stream()
        .filter(which)
        .map(Second::tenants)
        .reduce(SecondStats.NONE, SecondStats::plus);
  }

  /** Answers that were late to what was asked before do not count. */
  double quietGoodPerSecond() {
    return (double) Math.min(quiet().good(), quiet().offered()) / flood.quiet();
  }

  double floodedGoodPerSecond() {
    return (double) flooded().good() / flood.flooded();
  }

  KeyFlood.Counts keys() {
    return seconds.stream().map(Second::keys).reduce(KeyFlood.Counts.NONE, KeyFlood.Counts::plus);
  }

  /** The most keys that were held before it. */
  long heldQuiet() {
    return quietSeconds().mapToLong(Second::held).max().orElse(0);
  }

  /** The most heap that was in use before it. */
  long heapQuiet() {
    return quietSeconds().mapToLong(Second::heap).max().orElse(0);
  }

  /** The most heap that was in use while it ran. */
  long heapFlooded() {
    return seconds.stream()
        .filter(second -> flood.isFlooded(second.number()))
        .mapToLong(Second::heap)
        .max()
        .orElse(0);
  }

  private Stream<Second> quietSeconds() {
    return seconds.stream().filter(second -> flood.isQuiet(second.number()));
  }
}
