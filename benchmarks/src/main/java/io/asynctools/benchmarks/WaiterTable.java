package io.asynctools.benchmarks;

import java.util.Locale;
import java.util.Map;

/** Prints what waiting costs. */
final class WaiterTable {
  static String render(Map<WaitingSubject, WaiterFigures> figures) {
    StringBuilder out = new StringBuilder();
    out.append("waiters, one timer thread\n");
    out.append(
        String.format(
            "%-25s|%12s |%14s |%22s |%26s%n",
            "", "enqueue, ns", "bytes a waiter", "100 000 at 1 M/s, s", "100 of 1 000 after 900"));
    out.append(
        String.format(
            "%-25s|%12s |%14s |%22s |%26s%n", "", "", "", "(ideal 0.100)", "left, s (ideal 0.1)"));
    figures.forEach(
        (subject, f) ->
            out.append(
                String.format(
                    Locale.ROOT,
                    "%-25s|%12.0f |%14.1f |%22.3f |%26.3f%n",
                    subject.label,
                    f.enqueueNanos(),
                    f.bytes(),
                    f.drainSeconds(),
                    f.cancelSeconds())));
    return out.toString();
  }

  private WaiterTable() {}
}
