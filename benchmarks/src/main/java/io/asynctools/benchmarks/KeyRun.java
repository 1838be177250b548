package io.asynctools.benchmarks;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Runs {@link KeyMemory} for each subject, and {@link KeyHousekeeping}, in JVMs of their own. */
final class KeyRun {
  static final int HUGE = 10_000_000;
  private static final int WARM_UP_ROUNDS = 1;

  /** So much room that the collector, whose pauses are not ours, comes between rounds alone. */
  private static final List<String> WITHOUT_PAUSES = List.of("-Xms3g", "-Xmx3g", "-Xmn1500m");

  static KeyFigures run(BenchOptions options) throws IOException, InterruptedException {
    List<Subject> rows = Subject.in(Situation.RANDOM_KEY);
    List<Subject> ours = rows.stream().filter(row -> row.kind == Subject.Kind.OURS).toList();
    return new KeyFigures(
        memory(rows, KeyedSubject.KEYS, "2g"),
        memory(options.huge() ? ours : List.of(), HUGE, "4g"),
        housekeeping(options.waiterRounds()));
  }

  private static Map<Subject, KeyMemory.Figures> memory(List<Subject> rows, int keys, String heap)
      throws IOException, InterruptedException {
    Map<Subject, KeyMemory.Figures> figures = new EnumMap<>(Subject.class);
    for (Subject row : rows) {
      System.err.printf("memory of %d keys: %s%n", keys, row.label);
      String line = OwnJvm.lastLine(OwnJvm.heap(heap), KeyMemory.class, row.name(), keys);
      figures.put(row, KeyMemory.Figures.parse(line));
    }
    return figures;
  }

  private static KeyHousekeeping.Figures housekeeping(int rounds)
      throws IOException, InterruptedException {
    System.err.println("housekeeping");
    return KeyHousekeeping.Figures.parse(
        OwnJvm.lastLine(WITHOUT_PAUSES, KeyHousekeeping.class, rounds, WARM_UP_ROUNDS));
  }

  private KeyRun() {}
}
