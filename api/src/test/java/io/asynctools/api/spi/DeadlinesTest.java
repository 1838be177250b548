package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The heap of deadlines, against a list that is searched. */
@Tag("unit")
class DeadlinesTest {
  private static final long ORIGIN = Long.MAX_VALUE - 500; // so that the clock wraps

  private record Entry(Waiter waiter, long after) {}

  @Property
  void agreesWithASearchedList(
      @ForAll @Size(max = 200) List<@IntRange(max = 9_999) Integer> steps) {
    Deadlines deadlines = new Deadlines();
    List<Entry> model = new ArrayList<>();
    long now = 0;
    for (int step : steps) {
      if (step % 5 < 3) {
        Entry entry = new Entry(ToyLine.waiter(), now + step % 997);
        deadlines.add(entry.waiter(), ORIGIN + entry.after());
        model.add(entry);
      } else if (step % 5 == 3 && !model.isEmpty()) {
        Entry gone = model.remove(step % model.size());
        assertThat(deadlines.of(gone.waiter())).isEqualTo(ORIGIN + gone.after());
        deadlines.remove(gone.waiter());
        deadlines.remove(gone.waiter()); // again: nothing
      } else {
        now += step % 301;
        for (Waiter due = deadlines.poll(ORIGIN + now);
            due != null;
            due = deadlines.poll(ORIGIN + now)) {
          Waiter polled = due;
          Entry first = model.stream().min(Comparator.comparingLong(Entry::after)).orElseThrow();
          Entry entry = model.stream().filter(e -> e.waiter() == polled).findFirst().orElseThrow();
          assertThat(entry.after()).isEqualTo(first.after());
          model.remove(entry);
        }
        long time = now;
        assertThat(model).allMatch(entry -> entry.after() > time);
      }
      assertThat(deadlines.isEmpty()).isEqualTo(model.isEmpty());
      model.stream()
          .mapToLong(Entry::after)
          .min()
          .ifPresent(
              first -> assertThat(deadlines.earliest() - (ORIGIN + first)).isLessThanOrEqualTo(0));
    }
  }

  /** Most who come leave again: the places that they leave are put together. */
  @Property
  void agreesWithASearchedListWhereMostLeave(
      @ForAll @Size(min = 100, max = 300) List<@IntRange(max = 9_999) Integer> steps) {
    Deadlines deadlines = new Deadlines();
    List<Entry> model = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      int step = steps.get(i);
      if (i < steps.size() / 2) {
        Entry entry = new Entry(ToyLine.waiter(), step);
        deadlines.add(entry.waiter(), ORIGIN + entry.after());
        model.add(entry);
      } else if (model.size() > 20) {
        deadlines.remove(model.remove(step % model.size()).waiter());
      }
    }
    model.sort(Comparator.comparingLong(Entry::after));
    long end = ORIGIN + model.get(model.size() - 1).after();
    for (Entry entry : model) {
      Waiter polled = deadlines.poll(end);
      assertThat(model)
          .filteredOn(each -> each.waiter() == polled)
          .singleElement()
          .satisfies(each -> assertThat(each.after()).isEqualTo(entry.after()));
    }
    assertThat(deadlines.poll(end)).isNull();
    assertThat(deadlines.isEmpty()).isTrue();
  }

  /** Where most have left, the line is not woken for them. */
  @Example
  void thePlacesOfMoreThanHalfAreGivenUpAtOnce() {
    Deadlines deadlines = new Deadlines();
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      waiters.add(ToyLine.waiter());
      deadlines.add(waiters.get(i), ORIGIN + i);
    }
    waiters.subList(0, 11).forEach(deadlines::remove);
    assertThat(deadlines.earliest()).isEqualTo(ORIGIN + 11);
  }

  /** Promises: All 3. */
  @Example
  void aHundredThousandLeaveInAnyOrderWithoutASearch() { // quadratic, it would not end in time
    Deadlines deadlines = new Deadlines();
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      Waiter waiter = ToyLine.waiter();
      waiters.add(waiter);
      deadlines.add(waiter, i);
    }
    java.util.Collections.shuffle(waiters, new java.util.Random(1));
    waiters.forEach(deadlines::remove);
    assertThat(deadlines.isEmpty()).isTrue();
  }
}
