package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;

/**
 * Whatever is added and taken out in whatever order, and whenever it grows: the table holds what a
 * {@link HashMap} holds.
 *
 * <p>Promises: Per key 1.
 */
@Tag("unit")
class KeyTableModelTest {
  enum Act {
    ADD,
    TAKE_OUT,
    TAKE_OUT_AN_OLD_ONE,
    GROW
  }

  /** What somebody does, with which key. */
  record Step(Act act, int number) {}

  /** Every third has the same hash code, so that there are bins too full for all. */
  record Key(int id) {
    @Override
    public int hashCode() {
      return id % 3 == 0 ? 0 : id;
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.frequency( // so that the table fills up
                Tuple.of(6, Act.ADD),
                Tuple.of(2, Act.TAKE_OUT),
                Tuple.of(1, Act.TAKE_OUT_AN_OLD_ONE),
                Tuple.of(1, Act.GROW)),
            Arbitraries.integers().between(0, 399))
        .as(Step::new)
        .list()
        .ofMaxSize(600);
  }

  @Property(tries = 200)
  void itHoldsWhatAMapHolds(@ForAll("steps") List<Step> steps) {
    KeyTable<Key, FakeLimiter> table = new KeyTable<>(2, 1);
    Map<Key, Entry<Key, FakeLimiter>> model = new HashMap<>();
    List<Entry<Key, FakeLimiter>> old = new ArrayList<>();
    for (Step step : steps) {
      Key key = new Key(step.number());
      Entry<Key, FakeLimiter> known = model.get(key);
      assertThat(table.find(key, KeyTable.hash(key))).isSameAs(known);
      switch (step.act()) {
        case ADD -> {
          Entry<Key, FakeLimiter> fresh = new Entry<>(key, KeyTable.hash(key), null);
          assertThat(table.addIfAbsent(fresh)).isSameAs(known);
          model.putIfAbsent(key, fresh);
        }
        case TAKE_OUT -> {
          if (known != null) {
            table.remove(known);
            old.add(model.remove(key));
          }
        }
        case TAKE_OUT_AN_OLD_ONE -> {
          if (!old.isEmpty()) {
            table.remove(old.get(step.number() % old.size()));
          }
        }
        case GROW -> table.fit(model.size());
      }
    }
    for (int id = 0; id < 400; id++) {
      Key key = new Key(id);
      assertThat(table.get(key, KeyTable.hash(key))).isSameAs(model.get(key));
    }
    List<Entry<Key, FakeLimiter>> drained = new ArrayList<>();
    table.drain(drained::add);
    assertThat(drained).containsExactlyInAnyOrderElementsOf(model.values());
  }
}
