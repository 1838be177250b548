package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class SecondStatsTest {
  private static final long MS = 1_000_000;

  @Test
  void percentilesAreOfNearestRank() {
    SecondStats stats = withLatencies(LongStream.rangeClosed(1, 200).toArray());
    assertThat(stats.latencies().percentileMillis(50)).hasValue(100);
    assertThat(stats.latencies().percentileMillis(99)).hasValue(198);
    assertThat(stats.latencies().percentileMillis(100)).hasValue(200);
  }

  @Test
  void oneLatencyIsEveryPercentile() {
    assertThat(withLatencies(7).latencies().percentileMillis(50)).hasValue(7);
    assertThat(withLatencies(7).latencies().percentileMillis(99)).hasValue(7);
  }

  @Test
  void withoutAGoodAnswerThereIsNoLatency() {
    assertThat(SecondStats.NONE.latencies().percentileMillis(50)).isEmpty();
  }

  @Test
  void secondsAddUp() {
    SecondStats sum = withLatencies(9, 1).plus(withLatencies(5));
    assertThat(sum.good()).isEqualTo(3);
    assertThat(sum.offered()).isEqualTo(3);
    assertThat(sum.latencies().percentileMillis(50)).hasValue(5);
  }

  @Test
  void aTallyStartsEverySecondAnew() {
    Tally tally = new Tally();
    for (Answer answer : Answer.values()) {
      tally.sent();
      tally.answered(answer, 3 * MS);
    }
    tally.sent();
    tally.unanswered();
    tally.sent();

    SecondStats first = tally.endSecond(2, 1);
    assertThat(first.offered()).isEqualTo(6);
    assertThat(first.admitted()).isEqualTo(2);
    assertThat(first.retries()).isEqualTo(1);
    assertThat(first.firstAttempts()).isEqualTo(1);
    assertThat(first.good()).isEqualTo(1);
    assertThat(first.refused()).isEqualTo(1);
    assertThat(first.circuitOpen()).isEqualTo(1);
    assertThat(first.errors()).isEqualTo(2);
    assertThat(first.failed()).isEqualTo(3);
    assertThat(first.latencies().percentileMillis(99)).hasValue(3);
    assertThat(tally.outstanding()).isEqualTo(1);
    assertThat(tally.endSecond(0, 0).offered()).isZero();
    assertThat(tally.outstanding()).isEqualTo(1);
  }

  private static SecondStats withLatencies(long... millis) {
    long[] nanos = LongStream.of(millis).map(ms -> ms * MS).toArray();
    return new SecondStats(
        nanos.length,
        nanos.length,
        0,
        0,
        0,
        nanos.length,
        0,
        Latencies.ofNanos(nanos, nanos.length));
  }
}
