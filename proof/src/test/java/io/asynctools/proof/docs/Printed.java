package io.asynctools.proof.docs;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;

/** What code prints to standard output. */
final class Printed {
  private Printed() {}

  /** Runs code and returns the lines that it printed. */
  static List<String> by(Callable<?> code) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      code.call();
    } catch (InvocationTargetException e) {
      throw new AssertionError("the example threw", e.getCause());
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8).lines().map(String::strip).toList();
  }
}
