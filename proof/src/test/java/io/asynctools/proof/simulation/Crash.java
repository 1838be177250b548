package io.asynctools.proof.simulation;

/** What the users' code throws in a simulation, to be told from what the library throws. */
final class Crash extends RuntimeException {
  private static final long serialVersionUID = 1;

  Crash(String what) {
    super(what, null, false, false);
  }

  /** Out of memory, or so it says. */
  static final class OfMemory extends OutOfMemoryError {
    private static final long serialVersionUID = 1;

    OfMemory() {
      super("simulated");
    }
  }
}
