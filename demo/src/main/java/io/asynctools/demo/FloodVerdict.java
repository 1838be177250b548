package io.asynctools.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the numbers of the flood of keys say. */
final class FloodVerdict {
  /**
   * Answers that a busy machine holds back come after the flood: so much of its rate must be left.
   */
  private static final double AS_MANY = 0.8;

  /** But they must come: so small a share of the requests may be lost, beyond what was before. */
  private static final double LOST = 0.02;

  /** For a key, its limiter and its place in a map; it takes less than half of that. */
  private static final long BYTES_PER_KEY = 512;

  /** For connections and all else that comes and goes. */
  private static final long BYTES_BESIDES = 8_000_000;

  private FloodVerdict() {}

  static Verdict of(FloodOutcome outcome, Optional<Long> maxKeys) {
    SecondStats tenants = outcome.sinceItBegan();
    long grown = Math.max(0, outcome.heapFlooded() - outcome.heapQuiet());
    long tried = outcome.keys().tried();

    List<String> amiss = new ArrayList<>();
    if (outcome.quiet().good() == 0) {
      amiss.add("the tenants got no good answer before it");
    } else if (outcome.floodedGoodPerSecond() < AS_MANY * outcome.quietGoodPerSecond()
        || lost(tenants) > lost(outcome.quiet()) + LOST) {
      amiss.add("the tenants got fewer good answers in it");
    }
    String bound;
    if (maxKeys.isEmpty()) {
      amiss.add("the number of keys has no bound");
      bound = "any number";
    } else {
      bound = Table.number(maxKeys.get());
      if (outcome.mostHeld() > maxKeys.get()) {
        amiss.add("more keys were held than may be");
      }
      if (tried < 2 * maxKeys.get()) {
        amiss.add("too few keys were tried for a flood");
      }
      if (grown > BYTES_BESIDES + BYTES_PER_KEY * maxKeys.get()) {
        amiss.add("the heap grew by more than these keys take");
      }
    }

    String numbers =
        String.format(
            Locale.ROOT,
            "%s random keys came beside %d tenants, whose good answers went from %.0f/s to %.0f/s"
                + " and their p99 latency from %s ms to %s ms, with %s of %s requests refused; at"
                + " most %s keys were held (%s may be), and the heap in use grew by %s MB",
            Table.number(tried),
            FloodPhase.TENANTS.size(),
            outcome.quietGoodPerSecond(),
            outcome.floodedGoodPerSecond(),
            Table.millis(outcome.quiet().latencies().percentileMillis(99)),
            Table.millis(outcome.flooded().latencies().percentileMillis(99)),
            tenants.refused() == 0 ? "none" : Table.number(tenants.refused()),
            Table.number(tenants.offered()),
            Table.number(outcome.mostHeld()),
            bound,
            FloodTable.megabytes(grown));
    return amiss.isEmpty()
        ? new Verdict(true, "The flood of keys was held: " + numbers + ".")
        : new Verdict(
            false,
            "The flood of keys was not held, for "
                + String.join(", and ", amiss)
                + ": "
                + numbers
                + ".");
  }

  /** Which share of the requests got another answer than a good one, or none. */
  private static double lost(SecondStats stats) {
    return stats.offered() == 0 ? 0 : (double) (stats.refused() + stats.failed()) / stats.offered();
  }
}
