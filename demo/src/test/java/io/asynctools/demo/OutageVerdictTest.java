package io.asynctools.demo;

import static io.asynctools.circuitbreaker.CircuitBreaker.State.CLOSED;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.HALF_OPEN;
import static io.asynctools.circuitbreaker.CircuitBreaker.State.OPEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.demo.BreakerWatch.Change;
import io.asynctools.demo.OutageOutcome.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One second well, one flaky, one that hangs, one that fails, and up to six after. */
@Tag("unit")
class OutageVerdictTest {
  private static final Outage OUTAGE = new Outage(1, 1, 1, 1, 6);
  private static final Optional<Budget> BUDGET = Optional.of(new Budget(0.2, Rate.perSecond(1)));

  private static final Second WELL = second(1, stats(100, 0, 0, 100, 0), CLOSED);
  private static final Second FLAKY = second(2, stats(100, 44, 0, 80, 20), CLOSED);
  private static final Second HANGS =
      second(3, stats(100, 6, 0, 0, 100), OPEN, new Change(2_600_000_000L, CLOSED, OPEN));
  private static final Second FAILS =
      second(
          4,
          stats(1, 0, 99, 0, 1),
          OPEN,
          new Change(3_600_000_000L, OPEN, HALF_OPEN),
          new Change(3_600_000_000L, HALF_OPEN, OPEN));
  private static final Second BACK =
      second(
          5,
          stats(40, 0, 60, 40, 0),
          CLOSED,
          new Change(4_600_000_000L, OPEN, HALF_OPEN),
          new Change(4_700_000_000L, HALF_OPEN, CLOSED));

  @Test
  void openedProbedClosedRecoveredAndWithinTheBudgetIsThePoint() {
    Verdict verdict = OutageVerdict.of(outcome(FLAKY, HANGS, FAILS, BACK, good(6)), BUDGET);
    assertThat(verdict.shown()).as(verdict.sentence()).isTrue();
    assertThat(verdict.sentence())
        .isEqualTo(
            "The outage was ridden out: the breaker opened, probed 2 times and closed again, good"
                + " answers resumed within 2 s of its end, and there were 50 retries to 441 first"
                + " attempts, 11 % more load (the budget allows 95); plain retries put 100 % on"
                + " top, and 200 % while it hung or failed.");
  }

  @Test
  void aBreakerThatNeverOpenedIsTold() {
    Second hangs = second(3, stats(100, 6, 0, 0, 100), CLOSED);
    assertNotShown("the breaker did not open", outcome(FLAKY, hangs, good(5)), BUDGET);
  }

  @Test
  void aBreakerThatNeverProbedIsTold() {
    Second after = second(5, stats(100, 0, 0, 100, 0), OPEN);
    assertNotShown("the breaker did not probe", outcome(HANGS, after), BUDGET);
  }

  @Test
  void aBreakerThatIsOpenAtTheEndIsTold() {
    Second opensAgain =
        second(6, stats(100, 0, 0, 100, 0), OPEN, new Change(5_900_000_000L, CLOSED, OPEN));
    assertNotShown(
        "the breaker did not close again", outcome(HANGS, FAILS, BACK, opensAgain), BUDGET);
  }

  @Test
  void goodAnswersMustResumeSoon() {
    assertNotShown("good answers did not resume", outcome(HANGS, FAILS, BACK), BUDGET);
    assertNotShown(
        "good answers resumed only in second 5 after it",
        outcome(HANGS, FAILS, BACK, good(9)),
        BUDGET);
  }

  @Test
  void moreRetriesThanTheBudgetAllowsAreTold() {
    Second flaky = second(2, stats(100, 94, 0, 80, 20), CLOSED);
    assertNotShown(
        "there were more retries than the budget allows",
        outcome(flaky, HANGS, FAILS, BACK, good(6)),
        BUDGET);
    assertNotShown(
        "the retries have no budget",
        outcome(FLAKY, HANGS, FAILS, BACK, good(6)),
        Optional.empty());
  }

  @Test
  void theTablesFitEightyColumns() {
    Second largest =
        second(999, stats(90_000, 9_999, 9_999, 99_999, 9_999), HALF_OPEN, FAILS.changes().get(0));
    assertThat(OutageTable.header().lines()).hasSize(2).allMatch(line -> line.length() <= 80);
    assertThat(OutageTable.row(largest, OUTAGE)).hasSizeLessThanOrEqualTo(80).startsWith("rest");
    assertThat(OutageTable.row(FLAKY, OUTAGE))
        .isEqualTo(
            "   2     100 |   300     0    100 |   144      44       0    80     20    closed");
    assertThat(OutageTable.change(FAILS.changes().get(0), 0))
        .isEqualTo("     -- 3.6 s: the breaker goes from open to half open");
    for (Health health : Health.values()) {
      assertThat(OutageTable.health(health)).hasSizeLessThanOrEqualTo(80);
    }
    assertThat(OutageTable.summary(outcome(FLAKY, HANGS, FAILS, BACK)).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void withoutACallThereIsNoShareOfRetries() {
    assertThat(OutageTable.extraLoad(SecondStats.NONE)).isEqualTo("-");
  }

  private static void assertNotShown(String why, OutageOutcome outcome, Optional<Budget> budget) {
    Verdict verdict = OutageVerdict.of(outcome, budget);
    assertThat(verdict.shown()).isFalse();
    assertThat(verdict.sentence())
        .startsWith("The outage was not ridden out, for ")
        .contains(why, "first attempts");
  }

  private static OutageOutcome outcome(Second... afterTheFirst) {
    List<Second> seconds = new ArrayList<>(List.of(WELL));
    seconds.addAll(List.of(afterTheFirst));
    return new OutageOutcome(OUTAGE, seconds);
  }

  private static Second good(int number) {
    return second(number, stats(100, 0, 0, 100, 0), CLOSED);
  }

  /** With plain retries, all is tried three times while the upstream is ill. */
  private static Second second(int number, SecondStats stack, State breaker, Change... changes) {
    SecondStats plain =
        OUTAGE.at(number) == Health.WELL ? stats(100, 0, 0, 100, 0) : stats(100, 200, 0, 0, 100);
    return new Second(number, plain, stack, breaker, List.of(changes));
  }

  private static SecondStats stats(
      long firstAttempts, long retries, long refused, long good, long errors) {
    return new SecondStats(
        100, firstAttempts + retries, retries, 0, refused, good, errors, Latencies.NONE);
  }
}
