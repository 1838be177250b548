package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class WorkLineTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;

  private final WorkLine<String> small =
      new WorkLine<>(new UpstreamModel(2, Duration.ofMillis(100), 2, 3, 3.0));

  @Test
  void aJobIsDoneAfterItsServiceTime() {
    small.offer("a", 0);
    assertThat(small.finishedBy(100 * MS - 1)).isEmpty();
    assertThat(small.finishedBy(100 * MS)).containsExactly("a");
    assertThat(small.finishedBy(SECOND)).isEmpty();
  }

  @Test
  void whoFindsAllWorkersBusyWaitsInLine() {
    small.offer("a", 0);
    small.offer("b", 10 * MS);
    small.offer("c", 20 * MS);
    assertThat(small.waiting()).isEqualTo(1);
    assertThat(small.finishedBy(110 * MS)).containsExactly("a", "b");
    assertThat(small.finishedBy(200 * MS)).containsExactly("c");
  }

  @Test
  void whoFindsTheLineFullIsTurnedAway() {
    for (int i = 0; i < 2 + 3; i++) {
      assertThat(small.offer("job " + i, 0)).isTrue();
    }
    assertThat(small.offer("one too many", 0)).isFalse();
  }

  @Test
  void aLateTimerCostsNoCapacity() {
    small.offer("a", 0);
    small.offer("b", 0);
    small.offer("c", 0);
    // Nobody asked at 100 ms, when a worker became free and took c.
    assertThat(small.finishedBy(250 * MS)).containsExactly("a", "b", "c");
  }

  @Test
  void belowItsCapacityItServesAll() {
    Outcome outcome = load(new WorkLine<>(UpstreamModel.FRAGILE), 0, 190, 10);
    assertThat(outcome.refused).isZero();
    assertThat(outcome.served).isBetween(1_880, 1_900);
  }

  @Test
  void aShortBurstOverItsCapacityIsAbsorbed() {
    WorkLine<Integer> line = new WorkLine<>(UpstreamModel.FRAGILE);
    assertThat(load(line, 0, 290, 1).refused).isZero();
    assertThat(load(line, SECOND, 150, 9).refused).isZero();
    assertThat(line.waiting()).isZero();
  }

  @Test
  void drivenOverItsCapacityItDoesLessThanBefore() {
    WorkLine<Integer> line = new WorkLine<>(UpstreamModel.FRAGILE);
    load(line, 0, 500, 2); // fills the line
    Outcome collapsed = load(line, 2 * SECOND, 500, 10);
    assertThat(collapsed.served).isBetween(650, 700);
    assertThat(collapsed.refused).isBetween(4_300, 4_350);
  }

  @Test
  void itRecoversWhenTheLoadGoes() {
    WorkLine<Integer> line = new WorkLine<>(UpstreamModel.FRAGILE);
    load(line, 0, 500, 5);
    line.finishedBy(8 * SECOND);
    assertThat(line.waiting()).isZero();
    assertThat(load(line, 8 * SECOND, 190, 5).refused).isZero();
  }

  private static final class Outcome {
    int served;
    int refused;
  }

  /** Evenly spaced arrivals. */
  private static Outcome load(WorkLine<Integer> line, long from, int perSecond, int seconds) {
    Outcome outcome = new Outcome();
    for (int i = 0; i < perSecond * seconds; i++) {
      long now = from + i * SECOND / perSecond;
      outcome.served += line.finishedBy(now).size();
      outcome.refused += line.offer(i, now) ? 0 : 1;
    }
    outcome.served += line.finishedBy(from + seconds * SECOND).size();
    return outcome;
  }
}
