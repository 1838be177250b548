package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The lowest mark since a grant, against the naive search. */
class UndosTest {

  @Property
  void theLowestSinceIsFoundWhileFewAreKept(
      @ForAll @Size(max = 31) List<@LongRange(min = 0, max = 50) Long> marks,
      @ForAll @LongRange(min = Long.MAX_VALUE - 60, max = Long.MAX_VALUE) long offset) {
    Undos undos = new Undos();
    List<Long> added = new ArrayList<>();
    for (long mark : marks) {
      undos.add(mark + offset);
      added.add(mark);
      for (int since = 0; since <= added.size(); since++) {
        long lowest = added.subList(since, added.size()).stream().reduce(25L, Math::min);
        assertThat(undos.lowest(25 + offset, since)).isEqualTo(lowest + offset);
      }
    }
  }

  @Property(tries = 100)
  void whenManyAreKeptTheAnswerIsNeverTooHighAndSoonExactAgain(
      @ForAll @Size(min = 100, max = 300) List<Byte> steps) {
    Undos undos = new Undos();
    List<Long> added = new ArrayList<>();
    long mark = 0;
    for (byte step : steps) {
      mark += step > -100 ? Math.abs(step) : step; // ascending, with a setback now and then
      undos.add(mark);
      added.add(mark);
      for (int since = 0; since <= added.size(); since++) {
        long lowest = added.subList(since, added.size()).stream().reduce(mark, Math::min);
        assertThat(undos.lowest(mark, since)).isLessThanOrEqualTo(lowest);
        if (added.size() - since < 32) {
          assertThat(undos.lowest(mark, since)).isEqualTo(lowest);
        }
      }
    }
  }
}
