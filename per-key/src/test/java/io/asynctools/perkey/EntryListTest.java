package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Walks meet every entry that is alive, and leave few behind that are not.
 *
 * <p>Promises: Per key 3.
 */
@Tag("unit")
class EntryListTest {
  private final EntryList<Integer, FakeLimiter> list = new EntryList<>();
  private int keys;

  @Test
  void aWalkMeetsWhatWasThereWhenItBeganTheNewestFirst() {
    push(5);
    EntryList<Integer, FakeLimiter>.Walk walk = list.new Walk();
    push(2);
    List<Integer> met = new ArrayList<>();
    while (!walk.isOver()) {
      walk.advance(2, false, entry -> met.add(entry.key) && false);
    }
    assertThat(met).containsExactly(4, 3, 2, 1, 0);
  }

  @Test
  void aWalkStopsBehindTheFirstThatItRetires() {
    push(5);
    EntryList<Integer, FakeLimiter>.Walk walk = list.new Walk();
    assertThat(walk.advance(10, true, entry -> entry.key == 3 && retire(entry))).isTrue();
    List<Integer> met = new ArrayList<>();
    assertThat(walk.advance(10, true, entry -> met.add(entry.key) && false)).isFalse();
    assertThat(met).containsExactly(2, 1, 0);
    assertThat(alive()).containsExactly(4, 2, 1, 0);
  }

  @Test
  void whatIsRetiredGoesThoughOthersCameInFront() {
    push(5);
    EntryList<Integer, FakeLimiter>.Walk walk = list.new Walk();
    push(1);
    walk.advance(10, false, this::retire);
    assertThat(linked()).as("linked, dead or alive").isLessThanOrEqualTo(2);
    assertThat(alive()).containsExactly(5);
  }

  /** A flood where each new key takes the place of an idle one: retire, push, retire, push… */
  @Test
  void theDeadDoNotPileUpWhereEachNewEntryTakesThePlaceOfAnother() {
    push(10);
    EntryList<Integer, FakeLimiter>.Walk walk = list.new Walk();
    for (int i = 0; i < 1_000; i++) {
      while (!walk.advance(1_000, true, this::retire)) {
        walk = list.new Walk();
      }
      push(1);
    }
    assertThat(linked()).as("linked, dead or alive").isLessThanOrEqualTo(12);
  }

  @Test
  void twoWalksInTurnLoseNobodyAndTheNextLeavesNoDead() {
    push(100);
    EntryList<Integer, FakeLimiter>.Walk one = list.new Walk();
    EntryList<Integer, FakeLimiter>.Walk other = list.new Walk();
    for (int i = 0; !one.isOver() || !other.isOver(); i++) {
      one.advance(2 + i % 5, false, entry -> entry.key % 3 == 0 && retire(entry));
      other.advance(1 + i % 7, false, entry -> entry.key % 3 == 1 && retire(entry));
    }
    assertThat(alive()).hasSize(33).allMatch(key -> key % 3 == 2);
    list.new Walk().advance(1_000, false, entry -> false);
    assertThat(linked()).isEqualTo(33);
  }

  private void push(int many) {
    for (int i = 0; i < many; i++) {
      Entry<Integer, FakeLimiter> entry = new Entry<>(keys++, 0, new Creation());
      entry.become(FakeLimiter.idle());
      entry.unpin();
      list.push(entry);
    }
  }

  private boolean retire(Entry<Integer, FakeLimiter> entry) {
    return entry.retire(0, 0);
  }

  private List<Integer> alive() {
    List<Integer> met = new ArrayList<>();
    list.new Walk().advance(100_000, false, entry -> met.add(entry.key) && false);
    return met;
  }

  /** A walk takes out the dead that it meets, so this counts before. */
  private int linked() {
    EntryList<Integer, FakeLimiter>.Walk walk = list.new Walk();
    int steps = 0;
    for (; !walk.isOver(); steps++) {
      walk.advance(1, false, entry -> false);
    }
    return steps;
  }
}
