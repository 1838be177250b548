package io.asynctools.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
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
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms1g", "-Xmx1g"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(WaiterQueue.class.getName());
    command.addAll(List.of(subject.name(), String.valueOf(rounds), String.valueOf(WARM_UP_ROUNDS)));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String last = "";
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = line;
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException("the waiters of " + subject + " failed: " + last);
    }
    return WaiterFigures.parse(last);
  }

  private WaiterRun() {}
}
