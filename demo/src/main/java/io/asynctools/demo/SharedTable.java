package io.asynctools.demo;

import java.util.Locale;

/** The output of the shared limit: 80 columns of plain text, three gateways side by side. */
final class SharedTable {
  private static final String ROW = "%4s | %4s %-6s | %4s %-6s | %4s %-6s | %6s %7s | %7s %6s";

  private SharedTable() {}

  static String header() {
    return String.join(
        System.lineSeparator(),
        String.format(
            Locale.ROOT,
            "%4s | %-11s | %-11s | %-11s | %-14s | %s",
            "",
            "gateway 1",
            "gateway 2",
            "gateway 3",
            "all",
            "since start"),
        String.format(
            Locale.ROOT,
            ROW,
            "sec",
            "n",
            "mode",
            "n",
            "mode",
            "n",
            "mode",
            "n",
            "refused",
            "n",
            "bound"));
  }

  /** A second, and all until its end. */
  static String row(int number, SharedOutcome outcome, SharedBound bound, long refused) {
    long from = outcome.end() - 1_000_000_000L;
    long start = outcome.start();
    Object[] cells = new Object[11];
    int next = 0;
    cells[next++] = number;
    for (int gateway = 0; gateway < SharedOutcome.GATEWAYS; gateway++) {
      cells[next++] = outcome.admitted(gateway, from, outcome.end());
      cells[next++] = text(outcome.mode(gateway, from, outcome.end()));
    }
    cells[next++] = outcome.between(from, outcome.end()).count();
    cells[next++] = refused;
    cells[next++] = outcome.between(start, outcome.end()).count();
    cells[next] = (long) bound.allows(start, outcome.end(), outcome.aloneWithRedis());
    return String.format(Locale.ROOT, ROW, cells);
  }

  private static String text(SharedOutcome.Mode mode) {
    return mode == SharedOutcome.Mode.NONE ? "-" : mode.name().toLowerCase(Locale.ROOT);
  }

  static String logged(SharedOutcome.Logged logged, long start) {
    return String.format(
        Locale.ROOT,
        "     -- %.1f s: gateway %d: %s",
        (logged.at() - start) / 1e9,
        logged.gateway() + 1,
        logged.text());
  }

  static String killed() {
    return "     -- Redis is killed";
  }

  static String back() {
    return "     -- Redis is started again, and knows nothing";
  }
}
