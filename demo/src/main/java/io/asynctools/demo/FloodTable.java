package io.asynctools.demo;

import io.asynctools.demo.FloodOutcome.Second;
import java.util.Locale;
import java.util.Optional;

/**
 * The output of the flood of keys: 80 columns of plain text, tenants and random keys side by side.
 */
final class FloodTable {
  private static final String ROW = "%4s | %7s %5s %7s %6s | %7s %8s %7s | %6s %7s";

  private FloodTable() {}

  static String header() {
    return String.join(
        System.lineSeparator(),
        String.format(
            Locale.ROOT,
            "%4s | %-28s | %-24s | %s",
            "",
            "tenants, over HTTP",
            "random keys",
            "held"),
        String.format(
            Locale.ROOT,
            ROW,
            "sec",
            "offered",
            "good",
            "refused",
            "p99 ms",
            "tried",
            "admitted",
            "refused",
            "keys",
            "heap MB"));
  }

  static String row(Second second, Flood flood) {
    SecondStats tenants = second.tenants();
    return String.format(
        Locale.ROOT,
        ROW,
        second.number() > flood.length().toSeconds() ? "rest" : second.number(),
        tenants.offered(),
        tenants.good(),
        tenants.refused(),
        Table.millis(tenants.latencies().percentileMillis(99)),
        second.keys().tried(),
        second.keys().admitted(),
        second.keys().refused(),
        second.held(),
        megabytes(second.heap()));
  }

  /** What is to be said after a second, if anything. */
  static Optional<String> after(int second, Flood flood) {
    boolean now = flood.isFlooded(second);
    boolean next = flood.isFlooded(second + 1);
    return now == next
        ? Optional.empty()
        : Optional.of("     -- the flood " + (next ? "begins" : "is over"));
  }

  static String summary(FloodOutcome outcome) {
    SecondStats before = outcome.quiet();
    SecondStats after = outcome.sinceItBegan();
    KeyFlood.Counts keys = outcome.keys();
    return String.join(
        System.lineSeparator(),
        Table.line("", "before the flood", "in it and after"),
        Table.line("tenants' requests", before.offered(), after.offered()),
        Table.line("good answers (200)", before.good(), after.good()),
        Table.line("refused (429)", before.refused(), after.refused()),
        Table.line("errors (5xx, no answer)", before.failed(), after.failed()),
        Table.line(
            "p99 of good answers, ms",
            Table.millis(before.latencies().percentileMillis(99)),
            Table.millis(after.latencies().percentileMillis(99))),
        Table.line("random keys", 0, keys.tried()),
        Table.line("admitted", 0, keys.admitted()),
        Table.line("refused: no room", 0, keys.refused()),
        Table.line("keys held, at most", outcome.heldQuiet(), outcome.mostHeld()),
        Table.line(
            "heap in use, at most, MB",
            megabytes(outcome.heapQuiet()),
            megabytes(outcome.heapFlooded())));
  }

  static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes / 1e6);
  }
}
