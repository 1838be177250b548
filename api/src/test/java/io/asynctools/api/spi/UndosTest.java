package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * What was given back since, of older grants: against a list of everything.
 *
 * <p>Promises: Token bucket 4.
 */
@Tag("unit")
class UndosTest {
  private record Undo(int grant, long amount) {}

  @Property
  void countsWhatWasGivenBackSinceOfOlderGrants(
      @ForAll @Size(max = 60) List<@IntRange(max = 99) Integer> grants,
      @ForAll int offset) { // the numbers of grants wrap
    Undos undos = new Undos();
    List<Undo> all = new ArrayList<>();
    for (int grant : grants) {
      undos.add(offset + grant, 1 + grant % 7);
      all.add(new Undo(grant, 1 + grant % 7));
      for (int since = 0; since <= all.size(); since++) {
        assertThat(undos.returned(offset + 50, since)).isEqualTo(returned(all, 50, since));
      }
    }
  }

  @Property(tries = 20)
  void whenThereAreManyTheOldestCountForTooManyGrantsButNeverForTooFew(
      @ForAll @Size(min = 300, max = 600) List<@IntRange(max = 99) Integer> grants) {
    Undos undos = new Undos();
    List<Undo> all = new ArrayList<>();
    for (int grant : grants) {
      undos.add(grant, 1 + grant % 7);
      all.add(new Undo(grant, 1 + grant % 7));
    }
    for (int since = 0; since <= all.size(); since++) {
      long exact = returned(all, 50, since);
      assertThat(undos.returned(50, since)).isGreaterThanOrEqualTo(exact);
      if (all.size() - since < 256) {
        assertThat(undos.returned(50, since)).isEqualTo(exact);
      }
    }
  }

  private static long returned(List<Undo> all, int grant, int since) {
    return all.subList(since, all.size()).stream()
        .filter(undo -> undo.grant() < grant)
        .mapToLong(Undo::amount)
        .sum();
  }
}
