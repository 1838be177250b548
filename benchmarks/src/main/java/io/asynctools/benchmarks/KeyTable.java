package io.asynctools.benchmarks;

import java.util.Locale;

/** Prints what keys cost in memory, and what users notice of housekeeping. */
final class KeyTable {
  static String render(KeyFigures figures) {
    StringBuilder out = new StringBuilder();
    out.append("memory, key strings and their array aside\n");
    out.append(
        String.format("%-25s|%16s |%30s%n", "", "bytes a key", "10 000 000 keys in -Xmx4g:"));
    out.append(String.format("%-25s|%16s |%30s%n", "", "of 1 000 000", "bytes a key, GiB in all"));
    figures.memory().forEach((row, f) -> memory(out, row, f, figures.hugeMemory().get(row)));
    KeyHousekeeping.Figures keeping = figures.housekeeping();
    out.append("\ntryAcquire on one thread, us, while a million other keys are forgotten\n");
    out.append(
        String.format(
            "%-25s|%10s |%8s |%8s |%8s |%8s |%10s%n",
            "", "operations", "p50", "p99", "p99.9", "max", "over 1 ms"));
    latencies(out, "before, alone", keeping.alone());
    latencies(out, "before, one more busy", keeping.beside());
    latencies(
        out, String.format(Locale.ROOT, "meanwhile (%.2f s)", keeping.seconds()), keeping.during());
    return out.toString();
  }

  private static void memory(
      StringBuilder out, Subject row, KeyMemory.Figures million, KeyMemory.Figures huge) {
    String tenMillion =
        huge == null
            ? ""
            : String.format(
                Locale.ROOT, "%.1f, %.2f", huge.bytesPerKey(), huge.heapBytes() / (1L << 30));
    out.append(
        String.format(
            Locale.ROOT, "%-25s|%16.1f |%30s%n", row.label, million.bytesPerKey(), tenMillion));
  }

  private static void latencies(StringBuilder out, String label, Latencies l) {
    out.append(
        String.format(
            Locale.ROOT,
            "%-25s|%10.0f |%8.2f |%8.2f |%8.2f |%8.0f |%10.0f%n",
            label,
            l.count(),
            l.p50(),
            l.p99(),
            l.p999(),
            l.max(),
            l.overOneMilli()));
  }

  private KeyTable() {}
}
