package io.asynctools.proof.faults;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Has the library say nothing of what goes wrong on purpose, thousands of times. */
public final class Quiet {
  private static final Logger LOGGER = Logger.getLogger("io.asynctools"); // lest it be forgotten

  private Quiet() {}

  /** For the rest of this virtual machine's life. */
  public static void please() {
    LOGGER.setLevel(Level.OFF);
  }
}
