package io.asynctools.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a measurement that is not JMH's in a JVM of its own, so that no subject's profile or garbage
 * is another's.
 */
final class OwnJvm {

  /**
   * Runs a main class to its end.
   *
   * @param options of the JVM
   * @return the last line of its output: its figures
   */
  static String lastLine(List<String> options, Class<?> main, Object... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    String last = "";
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = line;
      }
    }
    if (process.waitFor() != 0) {
      throw new IOException(command + " failed: " + last);
    }
    return last;
  }

  /** The options for a heap of one size, first to last, as {@code 1g}. */
  static List<String> heap(String size) {
    return List.of("-Xms" + size, "-Xmx" + size);
  }

  /** The heap in use, without garbage. */
  static long usedHeap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(20); // references and cleaners of the last round go with the next collection
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private OwnJvm() {}
}
