package io.asynctools.benchmarks;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** Runs {@link WaiterQueue} for each subject, in a JVM of its own. */
final class WaiterRun {
  private static final int WARM_UP_ROUNDS = 3;

  static Map<WaitingSubject, WaiterFigures> run(BenchOptions options)
      throws IOException, InterruptedException {
    Map<WaitingSubject, WaiterFigures> figures = new EnumMap<>(WaitingSubject.class);
    for (WaitingSubject subject : WaitingSubject.values()) {
      System.err.printf("waiters: %s%n", subject.label);
      figures.put(subject, fork(subject, options.waiterRounds()));
    }
    return figures;
  }

  private static WaiterFigures fork(WaitingSubject subject, int rounds)
      throws IOException, InterruptedException {
    String line =
        OwnJvm.lastLine(
            OwnJvm.heap("1g"), WaiterQueue.class, subject.name(), rounds, WARM_UP_ROUNDS);
    return WaiterFigures.parse(line);
  }

  private WaiterRun() {}
}
