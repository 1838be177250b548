package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.demo.SharedBound.Alone;
import io.asynctools.demo.SharedOutcome.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three seconds with Redis, three without, four with it again: 200 a second with it and 3 x 60
 * without. The third gateway is late to find out that it is back.
 */
@Tag("unit")
class SharedVerdictTest {
  private static final long S = 1_000_000_000;
  private static final long START = Long.parseLong("9223372035854775807"); // soon wraps
  private static final long KILLED = START + 3 * S;
  private static final long BACK = START + 6 * S;
  private static final long END = START + 10 * S;
  private static final SharedBound BOUND = new SharedBound(Rate.perSecond(200), 40, 0.3);

  @Test
  void aLimitThatHeldAllTheWhileIsThePoint() {
    Verdict verdict = SharedVerdict.of(outcome(usual()), BOUND);
    assertThat(verdict.shown()).as(verdict.sentence()).isTrue();
    assertThat(verdict.sentence())
        .startsWith("The shared limit was held: 1,979 requests were admitted, and none failed; in")
        .endsWith("; all were back at the shared limit within 0.5 s.");
  }

  @Test
  void aBurstTooMuchAnywhereIsTold() {
    for (long when : new long[] {START + S, KILLED + S, BACK + S / 4, END - S}) {
      List<SharedGrant> grants = usual();
      for (int i = 0; i < 60; i++) {
        grants.add(new SharedGrant(i % 3, when, when, false));
      }
      assertNotShown("more was admitted than the bound allows", grants);
    }
  }

  /** The gateway that is late has its share, and not a bit more. */
  @Test
  void whoIsLateToFindOutMayHaveItsShareAlone() {
    List<SharedGrant> grants = usual();
    every(S / 60, BACK + S / 2, BACK + 3 * S / 2, 2, true, grants);
    Verdict late = SharedVerdict.of(outcome(grants), BOUND);
    assertThat(late.shown()).as(late.sentence()).isTrue();
    assertThat(late.sentence())
        .contains("by gateways that had yet to find out that Redis was back")
        .contains("within 1.5 s");
    every(S / 50, BACK + S / 2, BACK + 3 * S / 2, 2, true, grants);
    assertNotShown("more was admitted than the bound allows", grants);
  }

  @Test
  void errorsAreTold() {
    SharedOutcome failed =
        new SharedOutcome(sorted(usual()), List.of("error why", "b"), START, KILLED, BACK, END);
    Verdict verdict = SharedVerdict.of(failed, BOUND);
    assertThat(verdict.shown()).isFalse();
    assertThat(verdict.sentence())
        .contains("there were errors (the first: error why)", "were admitted, 2 failed");
  }

  @Test
  void nobodyIsNoLimit() {
    assertThat(SharedVerdict.of(outcome(new ArrayList<>()), BOUND).shown()).isFalse();
  }

  @Test
  void aLimitThatNobodyMeetsShowsNothing() {
    assertNotShown("not used up before Redis was killed", without(START, KILLED - 2 * S));
    assertNotShown("did not use their shares while Redis was away", without(KILLED + S, BACK - S));
    assertNotShown("not used up when all were back", without(END - S, END - S / 4));
  }

  @Test
  void whoDoesNotComeBackIsTold() {
    String amiss = "a gateway did not come back to the shared limit";
    assertNotShown(amiss, changed(g -> after(g, END - 2 * S) && g.gateway() == 1 ? null : g));
    assertNotShown(
        amiss,
        changed(
            g ->
                after(g, END - S) && g.gateway() == 1
                    ? new SharedGrant(1, g.asked(), g.heard(), true)
                    : g));
  }

  @Test
  void aloneWithRedisIsFromTheLastThatWasSharedOn() {
    List<SharedGrant> grants = new ArrayList<>();
    grants.add(new SharedGrant(0, START, START + 1, false));
    grants.add(new SharedGrant(0, START, START + 10, true)); // by mistake
    grants.add(new SharedGrant(1, START, START + 11, true));
    grants.add(new SharedGrant(0, START, START + 20, true));
    grants.add(new SharedGrant(0, START, START + 30, false));
    grants.add(new SharedGrant(0, START, KILLED - 5, false));
    grants.add(new SharedGrant(0, START, KILLED + 5, true));
    grants.add(new SharedGrant(0, START, BACK + 5, true));
    grants.add(new SharedGrant(0, START, BACK + 9, false));
    assertThat(outcome(grants).aloneWithRedis())
        .containsExactlyInAnyOrder(
            new Alone(START + 1, START + 20),
            new Alone(START, START + 11),
            new Alone(BACK, BACK + 5));
  }

  @Test
  void modesAreThoseOfTheSecond() {
    SharedOutcome outcome = outcome(usual());
    assertThat(outcome.mode(0, START, START + S)).isEqualTo(Mode.SHARED);
    assertThat(outcome.mode(0, KILLED + S, BACK)).isEqualTo(Mode.LOCAL);
    assertThat(outcome.mode(2, BACK, BACK + S)).isEqualTo(Mode.BOTH);
    assertThat(outcome.mode(0, END, END + S)).isEqualTo(Mode.NONE);
  }

  @Test
  void theTableFitsEightyColumns() {
    SharedOutcome atKill =
        new SharedOutcome(sorted(usual()), List.of(), START, KILLED, END, KILLED + S);
    String row = SharedTable.row(4, atKill, BOUND, 300);
    assertThat(row)
        .isEqualTo(
            "   4 |   60 local  |   60 local  |   60 local  |    180     300 |     817    840");
    assertThat(SharedTable.header().lines()).hasSize(2).allMatch(line -> line.length() <= 80);
    assertThat(row).hasSizeLessThanOrEqualTo(80);
  }

  private static void assertNotShown(String why, List<SharedGrant> grants) {
    Verdict verdict = SharedVerdict.of(outcome(grants), BOUND);
    assertThat(verdict.shown()).isFalse();
    assertThat(verdict.sentence()).startsWith("The shared limit was not held, for ").contains(why);
  }

  private static List<SharedGrant> usual() {
    List<SharedGrant> grants = new ArrayList<>();
    for (int i = 0; i < 40; i++) { // it was full
      grants.add(new SharedGrant(i % 3, START, START, false));
    }
    every(S / 100, START, KILLED, 0, false, grants);
    every(S / 50, START, KILLED, 1, false, grants);
    every(S / 50, START, KILLED, 2, false, grants);
    for (int gateway = 0; gateway < 3; gateway++) {
      every(S / 60, KILLED, BACK, gateway, true, grants);
    }
    every(S / 100, BACK, END, 0, false, grants);
    every(S / 50, BACK, END, 1, false, grants);
    every(S / 60, BACK, BACK + S / 2, 2, true, grants);
    every(S / 50, BACK + S / 2, END, 2, false, grants);
    return grants;
  }

  private static void every(
      long nanos, long from, long to, int gateway, boolean alone, List<SharedGrant> grants) {
    for (long at = from + nanos; at - to < 0; at += nanos) {
      grants.add(new SharedGrant(gateway, at, at, alone));
    }
  }

  private static List<SharedGrant> without(long from, long to) {
    return changed(g -> after(g, from) && !after(g, to) ? null : g);
  }

  private static boolean after(SharedGrant grant, long instant) {
    return grant.heard() - instant >= 0;
  }

  private static List<SharedGrant> changed(UnaryOperator<SharedGrant> change) {
    List<SharedGrant> grants = usual();
    grants.replaceAll(change);
    grants.removeIf(grant -> grant == null);
    return grants;
  }

  private static SharedOutcome outcome(List<SharedGrant> grants) {
    return new SharedOutcome(sorted(grants), List.of(), START, KILLED, BACK, END);
  }

  private static List<SharedGrant> sorted(List<SharedGrant> grants) {
    return grants.stream().sorted(Comparator.comparingLong(g -> g.heard() - START)).toList();
  }
}
