package io.asynctools.api.spi;

/** Where failures go that must change nothing else. */
final class Failures {
  private Failures() {}

  static void log(String what, Throwable error) {
    System.getLogger("io.asynctools").log(System.Logger.Level.WARNING, what, error);
  }
}
