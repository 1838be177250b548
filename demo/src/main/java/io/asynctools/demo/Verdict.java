package io.asynctools.demo;

import java.util.Locale;

/**
 * What the numbers of the two phases say.
 *
 * @param shown whether upstream errors were many without the limiter and none with it
 * @param sentence what was found, either way
 */
record Verdict(boolean shown, String sentence) {
  /** Many is more than one request in twenty. */
  private static final int MANY = 20;

  static Verdict of(Phase.Outcome without, Phase.Outcome with) {
    long before = without.all().failed();
    long after = with.all().failed();
    boolean many = before * MANY > without.all().offered();
    String change =
        String.format(
            Locale.ROOT,
            "upstream errors went from %s to %s, good answers from %d/s to %d/s, and the p99 latency"
                + " from %s ms to %s ms",
            Table.number(before),
            after == 0 ? "none" : Table.number(after),
            Math.round(without.goodPerSecond()),
            Math.round(with.goodPerSecond()),
            Table.millis(without.all().latencies().percentileMillis(99)),
            Table.millis(with.all().latencies().percentileMillis(99)));
    if (many && after == 0) {
      return new Verdict(true, "With the limiter, " + change + ".");
    }
    String why =
        many
            ? "errors were left with the limiter"
            : "there were not many errors without the limiter to begin with";
    return new Verdict(
        false,
        "Not shown, for "
            + why
            + ": "
            + change
            + ". Is the configured rate below what the upstream can do, and the machine free?");
  }
}
