package io.asynctools.benchmarks;

import java.util.Locale;

/**
 * One promise about speed, and what this run says to it.
 *
 * @param text what is promised
 * @param measured what was measured; NaN if this run left it out
 * @param bound the promised figure
 * @param atLeast whether {@code bound} is the least or the most
 */
record Target(String text, double measured, double bound, boolean atLeast) {

  static Target atLeast(double bound, String text, double measured) {
    return new Target(text, measured, bound, true);
  }

  static Target atMost(double bound, String text, double measured) {
    return new Target(text, measured, bound, false);
  }

  boolean met() {
    return atLeast ? measured >= bound : measured <= bound;
  }

  String verdict() {
    return Double.isNaN(measured) ? "not measured" : met() ? "met" : "MISSED";
  }

  String render() {
    String promise =
        String.format(
            Locale.ROOT, "%-12s  %-74s %s %7.2f", verdict(), text, atLeast ? ">=" : "<=", bound);
    return Double.isNaN(measured)
        ? promise + "\n"
        : promise + String.format(Locale.ROOT, ", was %8.3f%n", measured);
  }
}
