package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.demo.FloodOutcome.Second;
import io.asynctools.demo.KeyFlood.Counts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One second quiet, two of the flood, and one after. */
@Tag("unit")
class FloodVerdictTest {
  private static final Flood FLOOD = new Flood(1, 2, 1);
  private static final Optional<Long> MAX_KEYS = Optional.of(1_000L);

  private static final Second QUIET = second(1, tenants(50, 0, 0, 110), Counts.NONE, 5, 9_000_000);
  private static final Second BEGINS =
      second(2, tenants(50, 0, 0, 120), new Counts(4_000, 3_000), 1_000, 9_400_000);
  private static final Second ENDS =
      second(3, tenants(49, 0, 0, 130), new Counts(4_100, 2_500), 1_000, 9_300_000);
  private static final Second AFTER = second(4, tenants(51, 0, 0, 110), Counts.NONE, 5, 9_050_000);

  @Test
  void tenantsUnaffectedKeysBoundedAndHeapFlatIsThePoint() {
    Verdict verdict = FloodVerdict.of(outcome(BEGINS, ENDS), MAX_KEYS);
    assertThat(verdict.shown()).as(verdict.sentence()).isTrue();
    assertThat(verdict.sentence())
        .isEqualTo(
            "The flood of keys was held: 8,100 random keys came beside 5 tenants, whose good"
                + " answers went from 50/s to 50/s and their p99 latency from 110 ms to 130 ms,"
                + " with none of 150 requests refused; at most 1,000 keys were held (1,000 may"
                + " be), and the heap in use grew by 0.4 MB.");
  }

  @Test
  void tenantsWhoAreServedLessAreTold() {
    Second fewer = second(3, tenants(29, 0, 0, 130), ENDS.keys(), 1_000, 9_300_000);
    assertNotShown("the tenants got fewer good answers in it", outcome(BEGINS, fewer), MAX_KEYS);
  }

  /** A stall before the flood makes its quiet second look like more than was asked for. */
  @Test
  void lateAnswersBeforeItRaiseNoBar() {
    Second late = second(1, tenants(70, 0, 0, 400), Counts.NONE, 5, 9_000_000);
    FloodOutcome outcome = new FloodOutcome(FLOOD, List.of(late, BEGINS, ENDS, AFTER), 1_000);
    assertThat(outcome.quietGoodPerSecond()).isEqualTo(50);
    assertThat(FloodVerdict.of(outcome, MAX_KEYS).shown()).isTrue();
  }

  @Test
  void tenantsWhoAreRefusedOrFailedAreTold() {
    for (SecondStats stats : List.of(tenants(46, 4, 0, 130), tenants(46, 0, 4, 130))) {
      Second second = second(3, stats, ENDS.keys(), 1_000, 9_300_000);
      assertNotShown("the tenants got fewer good answers in it", outcome(BEGINS, second), MAX_KEYS);
    }
  }

  @Test
  void withoutAQuietSecondThereIsNothingToCompareWith() {
    FloodOutcome none = new FloodOutcome(FLOOD, List.of(BEGINS, ENDS, AFTER), 1_000);
    assertNotShown("the tenants got no good answer before it", none, MAX_KEYS);
  }

  @Test
  void moreKeysThanMayBeAreTold() {
    FloodOutcome more = new FloodOutcome(FLOOD, outcome(BEGINS, ENDS).seconds(), 1_001);
    assertNotShown("more keys were held than may be", more, MAX_KEYS);
    assertNotShown("the number of keys has no bound", outcome(BEGINS, ENDS), Optional.empty());
  }

  @Test
  void aFewKeysAreNoFlood() {
    Second few = second(3, ENDS.tenants(), Counts.NONE, 1_000, 9_300_000);
    assertNotShown("too few keys were tried", outcome(few), Optional.of(2_000L));
  }

  @Test
  void aHeapThatGrowsIsTold() {
    Second more = second(3, ENDS.tenants(), ENDS.keys(), 1_000, 18_000_000);
    assertNotShown("the heap grew by more than these keys take: ", outcome(BEGINS, more), MAX_KEYS);
    Second less = second(3, ENDS.tenants(), ENDS.keys(), 1_000, 17_500_000);
    assertThat(FloodVerdict.of(outcome(BEGINS, less), MAX_KEYS).shown()).isTrue();
  }

  @Test
  void theTablesFitEightyColumns() {
    Second largest =
        second(
            999, tenants(9_999, 99_999, 9_999, 99_999), new Counts(9_999_999, 0), 99_999, 1L << 34);
    assertThat(FloodTable.header().lines()).hasSize(2).allMatch(line -> line.length() <= 80);
    assertThat(FloodTable.row(largest, FLOOD)).hasSizeLessThanOrEqualTo(80).startsWith("rest");
    assertThat(FloodTable.row(ENDS, FLOOD))
        .isEqualTo(
            "   3 |      50    49       0    130 |    4100     2500    1600 |   1000     9.3");
    assertThat(FloodTable.summary(outcome(BEGINS, ENDS)).lines())
        .contains(
            String.format("%-34s %16s %16s", "refused: no room", "0", "2,600"),
            String.format("%-34s %16s %16s", "good answers (200)", "50", "150"),
            String.format("%-34s %16s %16s", "keys held, at most", "5", "1,000"),
            String.format("%-34s %16s %16s", "heap in use, at most, MB", "9.0", "9.4"))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @Test
  void theTableTellsWhenTheFloodBeginsAndEnds() {
    assertThat(FloodTable.after(1, FLOOD)).hasValue("     -- the flood begins");
    assertThat(FloodTable.after(2, FLOOD)).isEmpty();
    assertThat(FloodTable.after(3, FLOOD)).hasValue("     -- the flood is over");
    assertThat(FloodTable.after(4, FLOOD)).isEmpty();
  }

  private static void assertNotShown(String why, FloodOutcome outcome, Optional<Long> maxKeys) {
    Verdict verdict = FloodVerdict.of(outcome, maxKeys);
    assertThat(verdict.shown()).isFalse();
    assertThat(verdict.sentence())
        .startsWith("The flood of keys was not held, for ")
        .contains(why, "random keys came beside 5 tenants");
  }

  private static FloodOutcome outcome(Second... flooded) {
    List<Second> seconds = new ArrayList<>(List.of(QUIET));
    seconds.addAll(Arrays.asList(flooded));
    seconds.add(AFTER);
    return new FloodOutcome(FLOOD, seconds, 1_000);
  }

  private static Second second(int number, SecondStats tenants, Counts keys, long held, long heap) {
    return new Second(number, tenants, keys, held, heap);
  }

  private static SecondStats tenants(int good, long refused, long errors, long millis) {
    long[] latencies = new long[good];
    Arrays.fill(latencies, millis * 1_000_000);
    return new SecondStats(
        50, good, 0, refused, 0, good, errors, Latencies.ofNanos(latencies, good));
  }
}
