package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * Whatever happens in whatever order: no limiter is forgotten that is busy or was just used, none
 * stays for longer than promised, and a new key finds room if, and only if, there is some or an
 * idle one can make it.
 *
 * <p>Promises: Per key 1, Per key 2, Per key 3, Per key 4.
 */
@Tag("unit")
class KeysModelTest {
  private static final int KEYS = 6;

  enum Act {
    USE,
    USE_AND_STAY_BUSY,
    RELAX,
    PASS
  }

  /** What somebody does, to which key, or for how long. */
  record Step(Act act, int number) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Act.class), Arbitraries.integers().between(0, 999))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(100);
  }

  /** How often the keys are looked through, from seldom to a few times in the time to forget. */
  record Times(long maxIdle, long interval) {}

  @Provide
  Arbitrary<Times> times() {
    return Combinators.combine(
            Arbitraries.of(1L, 2L, 7L, 1_000L, 1_000_000_007L, Duration.ofDays(100).toNanos()),
            Arbitraries.of(0.03, 0.3, 1.0, 5.0))
        .as((maxIdle, share) -> new Times(maxIdle, Math.max((long) (maxIdle * share), 1)));
  }

  @Property(tries = 800, edgeCases = EdgeCasesMode.NONE) // what is drawn is extreme enough
  void itForgetsWhenItMayAndWhenItMust(
      @ForAll("times") Times times, @ForAll("steps") List<Step> steps, @ForAll long origin) {
    long maxIdle = times.maxIdle();
    long interval = times.interval();
    long maxKeys = 1 + Math.floorMod(origin, KEYS - 1);
    ManualTime time = new ManualTime(origin);
    KeysModel model = new KeysModel(maxKeys, maxIdle, interval);
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofNanos(maxIdle))
            .cleanupInterval(Duration.ofNanos(interval))
            .maxKeys(maxKeys)
            .timeSource(time)
            .executor(time)
            .build(model::make);
    model.isOf(keys);
    for (Step step : steps) {
      int key = step.number() % KEYS;
      switch (step.act()) {
        case USE -> model.uses(key, false);
        case USE_AND_STAY_BUSY -> model.uses(key, true);
        case RELAX -> model.relaxes(key);
        case PASS -> {
          long nanos = Math.max((key % 2 == 0 ? maxIdle : interval / 2) + key / 2 - 1, 0);
          pass(nanos, time, model);
        }
      }
      model.check();
    }
    for (int key = 0; key < KEYS; key++) {
      model.relaxes(key);
    }
    pass(maxIdle + interval, time, model);
    assertThat(keys.size()).isZero();
    assertThat(time.pending()).as("timers, without a key").isLessThanOrEqualTo(1);
    pass(interval, time, model);
    assertThat(time.pending()).as("timers, without a key").isZero();
  }

  private static void pass(long nanos, ManualTime time, KeysModel model) {
    time.advance(Duration.ofNanos(nanos));
    model.passes(nanos);
  }
}
