package io.asynctools.demo;

import io.asynctools.demo.SharedBound.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** What the numbers of the shared limit say. */
final class SharedVerdict {
  /** So much of what may be admitted must be: a limit that nobody meets shows nothing. */
  private static final double USED_UP = 0.8;

  /** A gateway alone must admit its share, once it has found out; the first second is for that. */
  private static final long TO_FIND_OUT = 1_000_000_000L;

  private SharedVerdict() {}

  static Verdict of(SharedOutcome outcome, SharedBound bound) {
    if (outcome.grants().isEmpty()) {
      return new Verdict(false, "The shared limit was not held, for nobody was admitted.");
    }
    Window fullest = bound.fullest(outcome.grants(), outcome.aloneWithRedis());
    Window strict = bound.fullest(outcome.grants(), List.of());
    OptionalLong untilShared = outcome.nanosUntilShared();
    double rate = bound.perSecond();

    List<String> amiss = new ArrayList<>();
    if (fullest.isOver()) {
      amiss.add("more was admitted than the bound allows");
    }
    if (!outcome.errors().isEmpty()) {
      amiss.add("there were errors (the first: " + outcome.errors().get(0) + ")");
    }
    if (perSecond(outcome, outcome.start(), outcome.killed()) < USED_UP * rate) {
      amiss.add("the limit was not used up before Redis was killed");
    }
    double alone = SharedOutcome.GATEWAYS * bound.share() * rate;
    if (perSecond(outcome, outcome.killed() + TO_FIND_OUT, outcome.back()) < USED_UP * alone) {
      amiss.add("the gateways did not use their shares while Redis was away");
    }
    if (untilShared.isEmpty()) {
      amiss.add("a gateway did not come back to the shared limit");
    } else if (perSecond(outcome, outcome.end() - 2_000_000_000L, outcome.end()) < USED_UP * rate) {
      amiss.add("the limit was not used up when all were back");
    }

    String numbers =
        String.format(
            Locale.ROOT,
            "%s requests were admitted, %s; in the fullest of all windows, of %.3f s, %s of at most"
                + " %.1f%s; all were back at the shared limit %s",
            Table.number(outcome.grants().size()),
            outcome.errors().isEmpty()
                ? "and none failed"
                : Table.number(outcome.errors().size()) + " failed",
            fullest.seconds(),
            Table.number(fullest.admitted()),
            fullest.bound(),
            strict.isOver()
                ? String.format(
                    Locale.ROOT,
                    " (%.1f of them by gateways that had yet to find out that Redis was back)",
                    strict.admitted() - strict.bound())
                : "",
            untilShared.isPresent()
                ? String.format(Locale.ROOT, "within %.1f s", untilShared.getAsLong() / 1e9)
                : "never");
    return amiss.isEmpty()
        ? new Verdict(true, "The shared limit was held: " + numbers + ".")
        : new Verdict(
            false,
            "The shared limit was not held, for "
                + String.join(", and ", amiss)
                + ": "
                + numbers
                + ".");
  }

  private static double perSecond(SharedOutcome outcome, long from, long to) {
    return to - from <= 0 ? 0 : outcome.between(from, to).count() * 1e9 / (to - from);
  }
}
