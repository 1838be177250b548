package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.asynctools.api.Rate;
import io.asynctools.demo.SharedBound.Alone;
import io.asynctools.demo.SharedBound.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A burst of three, and one every millisecond. */
@Tag("unit")
class SharedBoundTest {
  private static final long MS = 1_000_000;
  private static final SharedBound BOUND = new SharedBound(Rate.perSecond(1_000), 3, 0.5);

  @Test
  void aBurstOfTheCapacityIsAllowedAndOneMoreIsNot() {
    assertThat(fullest(at(0, 0, 0)).isOver()).isFalse();
    Window over = fullest(at(0, 0, 0, 0));
    assertThat(over.isOver()).isTrue();
    assertThat(over.admitted()).isEqualTo(4);
    assertThat(over.bound()).isCloseTo(3.001, within(1e-9)); // the tick
  }

  @Test
  void whatComesInMeanwhileIsAllowedAndOneMoreIsNot() {
    assertThat(fullest(at(0, 0, 0, MS, 2 * MS, 5 * MS, 5 * MS, 5 * MS)).isOver()).isFalse();
    assertThat(fullest(at(0, 0, 0, MS, 2 * MS, 5 * MS, 5 * MS, 5 * MS, 5 * MS)).isOver()).isTrue();
    assertThat(fullest(at(0, 0, 0, MS - 1_001)).isOver()).isTrue();
    assertThat(fullest(at(0, 0, 0, MS - 1_000)).isOver()).isFalse();
  }

  /** Though the whole time together is far below its bound. */
  @Test
  void aWindowInTheMiddleCounts() {
    long s = 1_000 * MS;
    Window over = fullest(at(0, s, s, s, s, 2 * s));
    assertThat(over.isOver()).isTrue();
    assertThat(over.from()).isEqualTo(s);
    assertThat(over.to()).isEqualTo(s);
  }

  /** They may have been decided at any time between. */
  @Test
  void answersThatCameLateAndTogetherAreNoBurst() {
    List<SharedGrant> late = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      late.add(new SharedGrant(0, i * MS, 20 * MS, false));
    }
    assertThat(fullest(late).isOver()).isFalse();
    late.replaceAll(grant -> new SharedGrant(0, 20 * MS, 20 * MS, false));
    assertThat(fullest(late).isOver()).isTrue();
  }

  @Test
  void whoIsAloneAddsItsShareAndNoMore() {
    List<SharedGrant> grants = at(0, 0, 0, 2 * MS, 2 * MS, 2 * MS); // one more than 3 + 2
    assertThat(fullest(grants).isOver()).isTrue();
    Alone both = new Alone(0, 2 * MS);
    assertThat(BOUND.fullest(grants, List.of(both)).isOver()).isFalse();
    assertThat(BOUND.fullest(grants, List.of(new Alone(0, MS))).isOver()).isTrue();
    assertThat(BOUND.fullest(grants, List.of(new Alone(5 * MS, 9 * MS))).isOver()).isTrue();
    assertThat(BOUND.allows(0, 2 * MS, List.of(both, both))).isCloseTo(7.001, within(1e-9));
    assertThat(BOUND.allows(MS, 2 * MS, List.of(both))).isCloseTo(4.501, within(1e-9));
  }

  @Test
  void theClockMayWrap() {
    long origin = Long.MAX_VALUE - MS;
    List<SharedGrant> fits = at(origin, origin, origin, origin + MS, origin + 2 * MS);
    assertThat(fullest(fits).isOver()).isFalse();
    List<SharedGrant> over = new ArrayList<>(fits);
    over.add(fits.get(4));
    assertThat(fullest(over).isOver()).isTrue();
    List<Alone> alone = List.of(new Alone(origin, origin + 2 * MS));
    assertThat(BOUND.fullest(over, alone).isOver()).isFalse();
  }

  /** What a true bucket grants is never over, however late its answers; one in its fullest is. */
  @Test
  void aTrueBucketIsNeverOverAndOneMoreInABurstIs() {
    Random random = new Random(14);
    for (int run = 0; run < 50; run++) {
      List<SharedGrant> grants = new ArrayList<>();
      long debtUntil = 0;
      long now = 0;
      for (int i = 0; i < 300; i++) {
        now += random.nextInt(2) * random.nextInt((int) (3 * MS));
        long full = Math.max(debtUntil, now) + MS;
        if (full - now <= 3 * MS) {
          debtUntil = full;
          long asked = now - random.nextInt((int) MS);
          grants.add(new SharedGrant(i % 3, asked, now + random.nextInt((int) MS), false));
        }
      }
      assertThat(fullest(grants).isOver()).isFalse();
      for (int i = 0; i < 4; i++) {
        grants.add(new SharedGrant(0, now, now, false));
      }
      assertThat(fullest(grants).isOver()).isTrue();
    }
  }

  @Test
  void itIsReadFromTheLimitsProperties() throws Exception {
    SharedBound bound = SharedBound.of(Limits.read(SharedGateway.LIMITS));
    assertThat(bound).isEqualTo(new SharedBound(Rate.parse("200/s"), 40, 0.33));
    assertThat(bound.perSecond()).isCloseTo(200, within(1e-9));
    assertThat(
            SharedBound.of(
                Map.of("shared.rate", "1/2s", "shared.capacity", "1", "shared.local-share", "1")))
        .isEqualTo(new SharedBound(Rate.parse("1/2s"), 1, 1));
  }

  private static Window fullest(List<SharedGrant> grants) {
    List<SharedGrant> sorted = new ArrayList<>(grants);
    long first = sorted.get(0).heard();
    sorted.sort(Comparator.comparingLong(grant -> grant.heard() - first));
    return BOUND.fullest(sorted, List.of());
  }

  private static List<SharedGrant> at(long... instants) {
    List<SharedGrant> grants = new ArrayList<>();
    for (long instant : instants) {
      grants.add(new SharedGrant(0, instant, instant, false));
    }
    return grants;
  }
}
