package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What happened in the last while, against a list of everything that ever did.
 *
 * <p>Promises: Circuit breaker 1, Retry 5.
 */
@Tag("unit")
class SlidingCounterTest {
  private static final long WRAP = 1L << 33; // slices after which a slice's number comes again
  private static final int MOST = Integer.MAX_VALUE; // what one slice can count

  private record Event(long at, int amount) {}

  private static long sumSince(List<Event> events, long oldest) {
    return events.stream().filter(e -> e.at() >= oldest).mapToLong(Event::amount).sum();
  }

  /** How far the time moves: so many slices and so many nanoseconds. */
  private record Step(long slices, long nanos) {}

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Long> few = Arbitraries.longs().between(0, 40);
    Arbitrary<Long> wraps = Arbitraries.longs().between(1, 3).map(times -> times * WRAP - 20);
    Arbitrary<Long> slices =
        Arbitraries.oneOf(
            few,
            few,
            few,
            Arbitraries.longs().between(0, 1L << 40),
            Combinators.combine(wraps, few).as(Long::sum));
    return Combinators.combine(Arbitraries.oneOf(Arbitraries.just(0L), slices), few).as(Step::new);
  }

  @net.jqwik.api.Tag("unit")
  @Property
  void itCountsTheWindowGiveOrTakeASlice(
      @ForAll @LongRange(min = 1, max = 400) long window,
      @ForAll @IntRange(min = 2, max = 20) int slices,
      @ForAll @Size(max = 60) List<@From("steps") Step> steps) {
    SlidingCounter counter = new SlidingCounter(window, slices);
    List<Event> events = new ArrayList<>();
    long slice = Math.max(window / slices, 1);
    long surely = (Math.min(slices, window) - 1) * slice; // what may not be forgotten
    long now = 0;
    for (Step step : steps) {
      now += step.slices() * slice + step.nanos();
      assertBetween(counter, events, now, window, surely);
      int amount = (int) (step.nanos() % 5) + 1;
      counter.add(now, amount);
      events.add(new Event(now, amount));
      assertBetween(counter, events, now, window, surely);
    }
  }

  private static void assertBetween(
      SlidingCounter counter, List<Event> events, long now, long window, long surely) {
    assertThat(counter.sum(now))
        .as("at %s", now)
        .isLessThanOrEqualTo(sumSince(events, now - window + 1))
        .isGreaterThanOrEqualTo(sumSince(events, now - surely));
  }

  @Test
  void somethingIsForgottenBetweenASliceShortOfTheWindowAndTheWindow() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(0, 1); // the first of its slice,
    counter.add(9, 2); // and the last
    assertThat(counter.sum(9)).isEqualTo(3);
    assertThat(counter.sum(99)).isEqualTo(3);
    assertThat(counter.sum(100)).isZero();
  }

  @Test
  void theWindowMovesOn() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    for (int at = 0; at < 1_000; at += 10) {
      counter.add(at, 1);
      assertThat(counter.sum(at)).isEqualTo(Math.min(at / 10 + 1, 10));
    }
  }

  @Test
  void aWindowOfFewerNanosecondsThanSlicesForgetsToo() {
    SlidingCounter counter = new SlidingCounter(1, 2);
    counter.add(0, 1);
    assertThat(counter.sum(0)).isEqualTo(1);
    assertThat(counter.sum(1)).isZero();
  }

  @Test
  void aTimeBeforeTheOriginIsTheOrigin() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(-5, 1);
    assertThat(counter.sum(-1)).isEqualTo(1);
    assertThat(counter.sum(0)).isEqualTo(1);
  }

  @Test
  void theLongestWindowAndTheLatestTimeAreLegal() {
    SlidingCounter counter = new SlidingCounter(Long.MAX_VALUE, 10);
    counter.add(0, 1);
    counter.add(Long.MAX_VALUE, 2);
    assertThat(counter.sum(Long.MAX_VALUE)).isGreaterThanOrEqualTo(2);
    SlidingCounter shortest = new SlidingCounter(2, 2);
    shortest.add(Long.MAX_VALUE, 2);
    assertThat(shortest.sum(Long.MAX_VALUE)).isEqualTo(2);
  }

  @Test
  void aWindowOfNothingOrOfTooManySlicesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingCounter(0, 2))
        .withMessageContaining("0 and 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingCounter(10, 1))
        .withMessageContaining("10 and 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SlidingCounter(Long.MAX_VALUE, (1 << 30) + 1))
        .withMessageContaining("9223372036854775807 and 1073741825");
    assertThat(new SlidingCounter(1, 1 << 30).sum(0)).as("of one slice, in a nanosecond").isZero();
  }

  // ---- Other threads' readings

  @Test
  void whatIsCountedLateGoesToTheSliceThatHasItsPlace() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(100, 1); // took the place of the slice that began at 0,
    counter.add(5, 2); // which this is for
    assertThat(counter.sum(100)).isEqualTo(3);
    assertThat(counter.sum(5)).as("asked by a thread whose reading is old").isEqualTo(3);
    assertThat(counter.sum(200)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {10, 100_000, 1_000_000, 10_000_000_000L})
  void aReadingHoweverLateForgetsNothingNewer(long slicesLate) {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(slicesLate * 10, 7);
    counter.add(0, 1);
    assertThat(counter.sum(slicesLate * 10)).isGreaterThanOrEqualTo(7);
  }

  // ---- Idle for so long that the slices' numbers come again

  @ParameterizedTest
  @ValueSource(
      longs = {-100_000, -65_536, -65_535, -10, -9, -1, 0, 1, 9, 10, 65_535, 65_536, 100_000})
  void whatIsOlderThanAnyNumberIsForgottenForGood(long around) {
    for (long wraps : new long[] {1, 2, 5}) {
      long much = (wraps * WRAP + around) * 10;
      SlidingCounter counter = new SlidingCounter(100, 10);
      for (int at = 0; at < 100; at += 10) {
        counter.add(at, 1_000);
      }
      assertThat(counter.sum(much)).as("before anything is added").isZero();
      counter.add(much, 1);
      assertThat(counter.sum(much)).isEqualTo(1);
      assertThat(counter.sum(much + 99)).isLessThanOrEqualTo(1);
      assertThat(counter.sum(much + 100)).isZero();
    }
  }

  @Test
  void aSliceThatNobodyTouchesForAgesIsForgottenForGood() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(10, 1_000);
    for (int eighths = 1; eighths <= 8; eighths++) { // never idle for long, but never in its place
      counter.add(10 * eighths * (WRAP / 8), 1);
    }
    assertThat(counter.sum(10 * (WRAP + 1))).isEqualTo(1);
  }

  @Test
  void whatIsInTheWindowSurvivesEverySweep() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    for (int sweep = 1; sweep <= 8; sweep++) {
      long last = 10 * sweep * (WRAP / 4); // when the next sweep is due
      for (int slice = 9; slice >= 0; slice--) {
        counter.add(last - 10 * slice, 1);
      }
      assertThat(counter.sum(last)).as("sweep %s", sweep).isEqualTo(10);
    }
  }

  @Test
  void aNumberThatComesAgainIsANewSliceHoweverLateItIs() {
    SlidingCounter counter = new SlidingCounter(2, 2);
    long late = 1L << 62; // twice that is past the range
    counter.add(late, 5);
    counter.add(late + WRAP, 1);
    assertThat(counter.sum(late + WRAP)).isEqualTo(1);
  }

  @Test
  void theFirstToComeMayComeLate() {
    long age = 3 * WRAP / 8; // without a sweep: then all that is there counts as old
    for (long slice :
        new long[] {age - 1, age, WRAP - 65_536, WRAP - 3, WRAP, WRAP + 3, 3 * WRAP - 1}) {
      SlidingCounter counter = new SlidingCounter(100, 10);
      counter.add(slice * 10, 5);
      assertThat(counter.sum(slice * 10 + 9)).isEqualTo(5);
      assertThat(counter.sum(slice * 10 + 90)).isEqualTo(5);
      assertThat(counter.sum(slice * 10 + 100)).isZero();
    }
  }

  // ---- Much, and less than nothing

  @Test
  void aSliceThatIsFullStopsCountingAndSpoilsNothing() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    for (int i = 0; i < 10; i++) {
      counter.add(5, Integer.MAX_VALUE);
      counter.add(15, 1);
    }
    long full = counter.sum(15);
    assertThat(full).isBetween(MOST - (1L << 21) + 10, MOST + 10L);
    counter.add(5, 1);
    assertThat(counter.sum(15)).isEqualTo(full);
    assertThat(counter.sum(104)).isEqualTo(10);
    assertThat(counter.sum(110)).isZero();
  }

  @Test
  void addingToASliceThatIsNearlyFullSpoilsNothing() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(5, 1_500_000_000);
    counter.add(5, 1_500_000_000);
    assertThat(counter.sum(5)).isBetween(2_000_000_000L, (long) MOST);
    assertThat(counter.sum(100)).isZero();
  }

  @Test
  void whatIsTakenBackDoesNotCount() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(5, 3);
    counter.add(15, 4);
    counter.add(5, -2);
    assertThat(counter.sum(15)).isEqualTo(5);
    counter.add(15, -4);
    assertThat(counter.sum(15)).isEqualTo(1);
  }

  @Test
  void whatIsTakenBackTooLateChangesNothing() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(5, 3);
    counter.add(105, 4);
    counter.add(5, -3); // forgotten meanwhile
    assertThat(counter.sum(105)).isEqualTo(4);
    counter.add(205, -3); // never counted
    assertThat(counter.sum(105)).isEqualTo(4);
    assertThat(counter.sum(205)).isZero();
  }

  @Test
  void moreThanThereIsCannotBeTakenBack() {
    SlidingCounter counter = new SlidingCounter(100, 10);
    counter.add(5, 3);
    counter.add(5, -4);
    counter.add(5, Integer.MIN_VALUE);
    counter.add(15, -1);
    assertThat(counter.sum(15)).isZero();
    counter.add(5, 2);
    assertThat(counter.sum(15)).isEqualTo(2);
    assertThat(counter.sum(100)).isZero();
  }

  // ---- Several threads

  @Test
  void severalThreadsCountExactly() throws Exception {
    SlidingCounter counter = new SlidingCounter(1_000_000, 10);
    AtomicLong clock = new AtomicLong();
    Others.runTogether(
        4,
        () -> {
          for (int i = 0; i < 50_000; i++) {
            long now = clock.incrementAndGet(); // over two slices, and all in one window
            counter.add(now, 1);
            counter.add(now, i % 7);
            counter.add(now, -(i % 7));
          }
        });
    assertThat(counter.sum(clock.get())).isEqualTo(200_000);
  }

  @Test
  void severalThreadsLoseNothingWhereOneSliceTakesTheOthersPlace() throws Exception {
    for (int round = 0; round < 300; round++) {
      SlidingCounter counter = new SlidingCounter(100, 10);
      counter.add(0, 50); // to be forgotten
      AtomicLong clock = new AtomicLong(100);
      Others.runTogether(3, () -> counter.add(clock.getAndIncrement(), 1));
      assertThat(counter.sum(105)).isEqualTo(3);
    }
  }

  @Test
  void severalThreadsThatComeAfterAgesLoseNothing() throws Exception {
    for (int round = 0; round < 300; round++) {
      SlidingCounter counter = new SlidingCounter(100, 10);
      for (int at = 0; at < 100; at += 10) {
        counter.add(at, 50);
      }
      AtomicLong clock = new AtomicLong(10 * WRAP);
      Others.runTogether(3, () -> counter.add(clock.getAndAdd(10), 1));
      assertThat(counter.sum(10 * WRAP + 30)).isEqualTo(3);
    }
  }
}
