package io.asynctools.demo;

import static io.asynctools.circuitbreaker.CircuitBreaker.State.CLOSED;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.HALF_OPEN;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.OPEN;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What the numbers of the outage say. */
final class OutageVerdict {
  /** A wait of the breaker and a probe, both of a second, and what a busy machine adds. */
  private static final int SOON = 4;

  private OutageVerdict() {}

  static Verdict of(OutageOutcome outcome, Optional<Budget> budget) {
    SecondStats stack = outcome.stack();
    long opened = outcome.changes(CLOSED, OPEN);
    long probed = outcome.changes(OPEN, HALF_OPEN);
    OptionalInt recovered = outcome.secondsToRecover();
    long seconds = outcome.seconds().size();
    long allowed =
        budget.isPresent() ? (long) budget.get().allows(stack.firstAttempts(), seconds) : 0;

    List<String> amiss = new ArrayList<>();
    if (opened == 0) {
      amiss.add("the breaker did not open");
    } else if (probed == 0) {
      amiss.add("the breaker did not probe");
    } else if (outcome.changes(HALF_OPEN, CLOSED) == 0 || !outcome.endsIn(CLOSED)) {
      amiss.add("the breaker did not close again");
    }
    if (recovered.isEmpty()) {
      amiss.add("good answers did not resume");
    } else if (recovered.getAsInt() > SOON) {
      amiss.add("good answers resumed only in second " + recovered.getAsInt() + " after it");
    }
    if (budget.isEmpty()) {
      amiss.add("the retries have no budget");
    } else if (stack.retries() > allowed) {
      amiss.add("there were more retries than the budget allows");
    }

    String loads =
        String.format(
            Locale.ROOT,
            "%s retries to %s first attempts, %s more load (the budget allows %s); plain retries"
                + " put %s on top, and %s while it hung or failed",
            Table.number(stack.retries()),
            Table.number(stack.firstAttempts()),
            OutageTable.extraLoad(stack),
            budget.isPresent() ? Table.number(allowed) : "any number",
            OutageTable.extraLoad(outcome.plain()),
            OutageTable.extraLoad(outcome.down().plain()));
    if (!amiss.isEmpty()) {
      return new Verdict(
          false,
          "The outage was not ridden out, for "
              + String.join(", and ", amiss)
              + ": there were "
              + loads
              + ".");
    }
    return new Verdict(
        true,
        String.format(
            Locale.ROOT,
            "The outage was ridden out: the breaker opened, probed %s and closed again, good answers"
                + " resumed within %d s of its end, and there were %s.",
            probed == 1 ? "once" : probed + " times",
            recovered.getAsInt(),
            loads));
  }
}
