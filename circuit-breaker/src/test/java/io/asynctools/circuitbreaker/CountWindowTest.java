package io.asynctools.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * The count window against the plainest one there is: a list of the last so many outcomes. With one
 * thread the laps wrap after two to four, so that what happens after millions of calls happens
 * here.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
class CountWindowTest {

  /** What a count window promises to be. */
  private static final class Model {
    private final Deque<Integer> outcomes = new ArrayDeque<>();
    private final int size;

    Model(int size) {
      this.size = size;
    }

    void record(int outcome) {
      outcomes.addLast(outcome);
      if (outcomes.size() > size) {
        outcomes.removeFirst();
      }
    }

    int calls() {
      return outcomes.size();
    }

    int with(int bit) {
      return (int) outcomes.stream().filter(outcome -> (outcome & bit) != 0).count();
    }

    boolean isFullOfGood() {
      return calls() == size && with(Window.FAILED) + with(Window.SLOW) == 0;
    }
  }

  @Property(tries = 1_000)
  void itHoldsExactlyTheLastOutcomes(
      @ForAll @IntRange(min = 1, max = 40) int size,
      @ForAll @IntRange(min = 2, max = 4) int laps,
      @ForAll @Size(max = 400) List<@IntRange(max = 3) Integer> outcomes,
      @ForAll @IntRange(min = 1, max = 9) int tenths,
      @ForAll @IntRange(min = 1, max = 40) int minimumCalls) {
    CountWindow byFailures = new CountWindow(size, laps);
    CountWindow bySlowness = new CountWindow(size, laps);
    Model model = new Model(size);
    double share = tenths / 10.0;
    BreakerRule failureRule = Rules.failureRate(share, minimumCalls);
    BreakerRule slowRule = Rules.slowRate(share, minimumCalls);
    for (int outcome : outcomes) {
      assertThat(byFailures.isUnchangedBy(outcome))
          .isEqualTo(outcome == Window.GOOD && model.isFullOfGood());
      model.record(outcome);
      int calls = model.calls();
      int failed = model.with(Window.FAILED);
      int slow = model.with(Window.SLOW);
      assertThat(byFailures.record(outcome, 0, failureRule))
          .as("trips with %s of %s failed", failed, calls)
          .isEqualTo(calls >= minimumCalls && (double) failed / calls >= share);
      assertThat(bySlowness.record(outcome, 0, slowRule))
          .as("trips with %s of %s slow, %s failed", slow, calls, failed)
          .isEqualTo(calls >= minimumCalls && ((double) slow / calls >= share || failed == calls));
      assertThat(byFailures.failures(0)).isEqualTo(failed);
      assertThat(byFailures.isSpotless(0)).isEqualTo(failed + slow == 0);
    }
  }

  @Property(tries = 50)
  void anOutcomeThatChangesNothingMayBeLeftOut(
      @ForAll @IntRange(min = 1, max = 10) int size,
      @ForAll @Size(max = 200) List<@IntRange(max = 1) Integer> outcomes) {
    CountWindow all = new CountWindow(size, 2);
    CountWindow some = new CountWindow(size, 2);
    BreakerRule rule = Rules.failureRate(0.5, Math.max(size / 2, 1));
    for (int outcome : outcomes) {
      boolean trips = all.record(outcome, 0, rule);
      boolean recorded = !some.isUnchangedBy(outcome);
      assertThat(recorded && some.record(outcome, 0, rule)).isEqualTo(trips);
      assertThat(some.failures(0)).isEqualTo(all.failures(0));
    }
  }

  @Example
  void theLargestWindowIsExactOverManyLaps() {
    int size = CountWindow.LARGEST;
    CountWindow window = new CountWindow(size);
    BreakerRule rule = Rules.failureRate(1.0, size);
    Model model = new Model(size);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 3 * size; i++) {
      int outcome = random.nextInt(4);
      window.record(outcome, 0, rule);
      model.record(outcome);
    }
    assertThat(window.failures(0)).isEqualTo(model.with(Window.FAILED));
    for (int i = 0; i < size; i++) {
      boolean trips = window.record(Window.FAILED, 0, rule);
      assertThat(trips).isEqualTo(i == size - 1);
    }
    assertThat(window.failures(0)).isEqualTo(size);
  }

  /** Here the laps are the usual ones: nobody may sleep until all of them have passed. */
  @Property(tries = 40)
  void outcomesOfManyThreadsAreAllThere(@ForAll @IntRange(min = 1, max = 40) int size)
      throws Exception {
    CountWindow window = new CountWindow(size);
    BreakerRule rule = Rules.slowRate(1.0, 1);
    try (Together threads = new Together(4)) {
      threads.run(
          thread -> {
            for (int i = 0; i < 2_000; i++) {
              window.record((i + thread) & (Window.FAILED | Window.SLOW), 0, rule);
            }
          });
    }
    // What is in the ring is what the totals say: as it leaves, nothing is left over.
    for (int i = 0; i < size; i++) {
      assertThat(window.failures(0)).isBetween(0, size - i);
      window.record(Window.GOOD, 0, rule);
    }
    assertThat(window.failures(0)).isZero();
    assertThat(window.isSpotless(0)).isTrue();
    assertThat(window.isUnchangedBy(Window.GOOD)).isTrue();
  }

  @Example
  void whatManyThreadsRecordInAWindowThatIsNotFullAddsUp() throws Exception {
    CountWindow window = new CountWindow(10_000);
    BreakerRule rule = Rules.failureRate(1.0, 10_000);
    try (Together threads = new Together(4)) {
      threads.run(
          thread -> {
            for (int i = 0; i < 2_000; i++) {
              window.record(i % 5 == 0 ? Window.FAILED : Window.GOOD, 0, rule);
            }
          });
    }
    assertThat(window.failures(0)).isEqualTo(4 * 400);
  }
}
