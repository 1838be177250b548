package io.asynctools.demo;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.demo.BreakerWatch.Change;
import io.asynctools.demo.OutageOutcome.Second;
import java.util.Locale;

/** The outage's output: 80 columns of plain text, both gateways side by side. */
final class OutageTable {
  private static final String ROW = "%4s %7s | %5s %5s %6s | %5s %7s %7s %5s %6s %9s";

  private OutageTable() {}

  static String header() {
    return String.join(
        System.lineSeparator(),
        String.format(
            Locale.ROOT,
            "%14s %-18s | %s",
            "|",
            "plain retries",
            "retry, breaker, bucket, semaphore"),
        String.format(
            Locale.ROOT,
            ROW,
            "sec",
            "offered",
            "calls",
            "good",
            "errors",
            "calls",
            "retries",
            "refused",
            "good",
            "errors",
            "breaker"));
  }

  static String row(Second second, Outage outage) {
    SecondStats plain = second.plain();
    SecondStats stack = second.stack();
    return String.format(
        Locale.ROOT,
        ROW,
        second.number() > outage.length().toSeconds() ? "rest" : second.number(),
        stack.offered(),
        plain.admitted(),
        plain.good(),
        plain.failed(),
        stack.admitted(),
        stack.retries(),
        stack.refused() + stack.circuitOpen(),
        stack.good(),
        stack.errors(),
        text(second.breaker()));
  }

  static String health(Health health) {
    return "     -- the upstream " + health;
  }

  static String change(Change change, long startNanos) {
    return String.format(
        Locale.ROOT,
        "     -- %.1f s: the breaker goes from %s to %s",
        (change.nanoTime() - startNanos) / 1e9,
        text(change.from()),
        text(change.to()));
  }

  private static String text(State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  static String summary(OutageOutcome outcome) {
    SecondStats plain = outcome.plain();
    SecondStats stack = outcome.stack();
    SecondStats plainDown = outcome.down().plain();
    SecondStats stackDown = outcome.down().stack();
    return String.join(
        System.lineSeparator(),
        Table.line("", "plain retries", "the stack"),
        Table.line("requests offered", plain.offered(), stack.offered()),
        Table.line("first attempts", plain.firstAttempts(), stack.firstAttempts()),
        Table.line("retries", plain.retries(), stack.retries()),
        Table.line("retries to first attempts", extraLoad(plain), extraLoad(stack)),
        Table.line("calls while it hung or failed", plainDown.admitted(), stackDown.admitted()),
        Table.line("refused by the gateway", refused(plain), refused(stack)),
        Table.line("good answers (200)", plain.good(), stack.good()),
        Table.line("errors (other 5xx, no answer)", plain.errors(), stack.errors()));
  }

  private static long refused(SecondStats stats) {
    return stats.refused() + stats.circuitOpen();
  }

  /** By how much retries raise the load on the upstream. */
  static String extraLoad(SecondStats stats) {
    return stats.firstAttempts() == 0
        ? "-"
        : Math.round(100.0 * stats.retries() / stats.firstAttempts()) + " %";
  }
}
