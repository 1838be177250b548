package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class VerdictTest {
  @Test
  void manyErrorsTurnedIntoNoneIsThePoint() {
    Verdict verdict = Verdict.of(phase(1_000, 2_871, 3_712), phase(1_790, 0, 310));
    assertThat(verdict.shown()).isTrue();
    assertThat(verdict.sentence())
        .isEqualTo(
            "With the limiter, upstream errors went from 2,871 to none, good answers from 100/s to"
                + " 179/s, and the p99 latency from 3,712 ms to 310 ms.");
  }

  @Test
  void anErrorThatIsLeftIsAdmitted() {
    Verdict verdict = Verdict.of(phase(1_000, 2_871, 3_712), phase(1_790, 1, 310));
    assertThat(verdict.shown()).isFalse();
    assertThat(verdict.sentence())
        .startsWith("Not shown, for errors were left with the limiter")
        .contains("from 2,871 to 1,");
  }

  @Test
  void fewErrorsToBeginWithShowNothing() {
    Verdict verdict = Verdict.of(phase(1_000, 50, 200), phase(1_000, 0, 200));
    assertThat(verdict.shown()).isFalse();
    assertThat(verdict.sentence()).contains("not many errors without the limiter");
  }

  @Test
  void theTablesFitEightyColumns() {
    Phase.Outcome without = phase(1_000, 2_871, 3_712);
    SecondStats stats = without.all();
    assertThat(Table.header()).hasSizeLessThanOrEqualTo(80);
    assertThat(Table.row(new Phase.Second(999, false, stats))).hasSizeLessThanOrEqualTo(80);
    assertThat(Table.row(new Phase.Second(1, true, SecondStats.NONE)))
        .startsWith("  rest")
        .endsWith("-");
    assertThat(Table.summary(without, without).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(Table.wrap(Verdict.of(without, without).sentence()).lines())
        .hasSizeGreaterThan(1)
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  private static Phase.Outcome phase(int good, long errors, long millis) {
    long[] latencies = new long[good];
    Arrays.fill(latencies, millis * 1_000_000);
    SecondStats stats =
        new SecondStats(5_000, good, 0, 0, 0, good, errors, Latencies.ofNanos(latencies, good));
    return new Phase.Outcome(10, stats, stats);
  }
}
