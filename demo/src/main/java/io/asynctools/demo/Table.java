package io.asynctools.demo;

import java.util.Locale;
import java.util.OptionalLong;

/** The demo's output: 80 columns of plain text. */
final class Table {
  private static final String ROW = "%6s %9s %9s %9s %9s %9s %9s %9s";

  private Table() {}

  static String header() {
    return String.format(
        Locale.ROOT,
        ROW,
        "second",
        "offered",
        "admitted",
        "refused",
        "good",
        "errors",
        "p50 ms",
        "p99 ms");
  }

  static String row(Phase.Second second) {
    SecondStats stats = second.stats();
    return String.format(
        Locale.ROOT,
        ROW,
        second.rest() ? "rest" : second.number(),
        stats.offered(),
        stats.admitted(),
        stats.refused(),
        stats.good(),
        stats.failed(),
        millis(stats.latencies().percentileMillis(50)),
        millis(stats.latencies().percentileMillis(99)));
  }

  static String summary(Phase.Outcome without, Phase.Outcome with) {
    SecondStats before = without.all();
    SecondStats after = with.all();
    return String.join(
        System.lineSeparator(),
        line("", "without limiter", "with limiter"),
        line("requests offered", before.offered(), after.offered()),
        line("admitted to the upstream", before.admitted(), after.admitted()),
        line("refused by the gateway (429)", before.refused(), after.refused()),
        line("good answers (200)", before.good(), after.good()),
        line("errors (5xx, no answer)", before.failed(), after.failed()),
        line(
            "good answers a second, under load",
            Math.round(without.goodPerSecond()),
            Math.round(with.goodPerSecond())),
        line(
            "p50 of good answers, ms",
            millis(before.latencies().percentileMillis(50)),
            millis(after.latencies().percentileMillis(50))),
        line(
            "p99 of good answers, ms",
            millis(before.latencies().percentileMillis(99)),
            millis(after.latencies().percentileMillis(99))));
  }

  static String line(String what, long without, long with) {
    return line(what, number(without), number(with));
  }

  static String line(String what, String without, String with) {
    return String.format(Locale.ROOT, "%-34s %16s %16s", what, without, with);
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String millis(OptionalLong millis) {
    return millis.isPresent() ? number(millis.getAsLong()) : "-";
  }

  /** Breaks a text into lines of at most 80 columns. */
  static String wrap(String text) {
    StringBuilder lines = new StringBuilder();
    int column = 0;
    for (String word : text.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > 80) {
        lines.append(System.lineSeparator());
        column = 0;
      } else if (column > 0) {
        lines.append(' ');
        column++;
      }
      lines.append(word);
      column += word.length();
    }
    return lines.toString();
  }
}
