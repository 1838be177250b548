package io.asynctools.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * The time window against a list of all outcomes with their times: it keeps one for 95 % of the
 * window, and has forgotten it after the window.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
class TimeWindowTest {
  private static final long NANOS = 20_000;
  private static final long KEPT = NANOS / 100 * 95;

  /** What happens: some time passes, then a call ends. */
  record Step(long after, int outcome) {}

  private record Outcome(long at, int bits) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> waits =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 3),
            Arbitraries.longs().between(0, NANOS / 10),
            Arbitraries.longs().between(NANOS - 1_100, NANOS + 1_100));
    return Combinators.combine(waits, Arbitraries.integers().between(0, 3))
        .as(Step::new)
        .list()
        .ofMaxSize(120);
  }

  @Provide
  Arbitrary<Long> origins() {
    return Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE - NANOS, Long.MAX_VALUE);
  }

  @Property(tries = 1_000)
  void anOutcomeIsKeptForAlmostTheWindowAndForgottenAfterIt(
      @ForAll("origins") long origin, @ForAll("steps") List<Step> steps) {
    ManualTime time = new ManualTime(origin);
    TimeWindow window = new TimeWindow(NANOS, true, Steps.breakerOn(time).build());
    BreakerRule failureRule = Rules.failureRate(0.5, 3);
    List<Outcome> all = new ArrayList<>();
    long now = 0;
    for (Step step : steps) {
      time.advance(Duration.ofNanos(step.after()));
      now += step.after();
      isBetween(window, all, now, time);
      all.add(new Outcome(now, step.outcome()));
      boolean trips = window.record(step.outcome(), time.nanoTime(), failureRule);
      isBetween(window, all, now, time);
      if (isBeforeAnythingIsForgotten(all, now)) {
        long failed = count(all, now, NANOS, Window.FAILED);
        assertThat(trips).isEqualTo(all.size() >= 3 && (double) failed / all.size() >= 0.5);
      }
    }
  }

  private static void isBetween(TimeWindow window, List<Outcome> all, long now, ManualTime time) {
    assertThat((long) window.failures(time.nanoTime()))
        .isBetween(count(all, now, KEPT, Window.FAILED), count(all, now, NANOS - 1, Window.FAILED));
    long bad = Window.FAILED | Window.SLOW;
    if (count(all, now, KEPT, bad) > 0) {
      assertThat(window.isSpotless(time.nanoTime())).isFalse();
    }
    if (count(all, now, NANOS - 1, bad) == 0) {
      assertThat(window.isSpotless(time.nanoTime())).isTrue();
    }
  }

  private static boolean isBeforeAnythingIsForgotten(List<Outcome> all, long now) {
    return all.stream().allMatch(outcome -> now - outcome.at() <= KEPT);
  }

  /** How many outcomes with one of the bits are at most so old. */
  private static long count(List<Outcome> all, long now, long age, long bits) {
    return all.stream()
        .filter(outcome -> (outcome.bits() & bits) != 0 && now - outcome.at() <= age)
        .count();
  }

  @Example
  void outcomesOfManyThreadsAreAllThere() throws Exception {
    ManualTime time = new ManualTime(Long.MAX_VALUE);
    TimeWindow window = new TimeWindow(NANOS, true, Steps.breakerOn(time).build());
    BreakerRule rule = Rules.failureRate(1.0, 1_000_000 / 10);
    try (Together threads = new Together(4)) {
      threads.run(
          thread -> {
            for (int i = 0; i < 10_000; i++) {
              window.record(i & 3, time.nanoTime(), rule);
              if (thread == 0 && i % 1_000 == 0) {
                time.advance(Duration.ofNanos(NANOS / 20));
              }
            }
          });
    }
    assertThat(window.failures(time.nanoTime())).isEqualTo(4 * 5_000);
    time.advance(Duration.ofNanos(NANOS));
    assertThat(window.failures(time.nanoTime())).isZero();
    assertThat(window.isSpotless(time.nanoTime())).isTrue();
  }
}
