package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The table of keys: what is in is found, while it grows too, and however keys collide.
 *
 * <p>Promises: Per key 1.
 */
@Tag("unit")
@Timeout(60)
class KeyTableTest {
  private static final long MANY = 1_000_000;

  @Test
  void whatIsAddedIsFoundByAnEqualKeyUntilItIsTakenOut() {
    KeyTable<String, FakeLimiter> table = new KeyTable<>();
    assertThat(find(table, "a")).isNull();
    Entry<String, FakeLimiter> a = add(table, "a");
    String equal = new String("a".toCharArray());
    assertThat(find(table, equal)).isSameAs(a);
    assertThat(get(table, equal)).isSameAs(a);
    assertThat(find(table, "b")).isNull();
    table.remove(a);
    table.remove(a);
    assertThat(find(table, "a")).isNull();
    assertThat(get(table, "a")).isNull();
  }

  @Test
  void ofTwoEntriesOfAKeyTheFirstStays() {
    KeyTable<String, FakeLimiter> table = new KeyTable<>();
    Entry<String, FakeLimiter> first = add(table, "a");
    assertThat(table.addIfAbsent(entry("a"))).isSameAs(first);
    table.remove(entry("a"));
    assertThat(find(table, "a")).isSameAs(first);
    table.remove(first);
    assertThat(table.addIfAbsent(entry("a"))).isNull();
  }

  @Test
  void allAreFoundAtEachStepOfEachGrowth() {
    KeyTable<Integer, FakeLimiter> table = new KeyTable<>(4, 2);
    List<Entry<Integer, FakeLimiter>> all = new ArrayList<>();
    for (int key = 0; key < 300; key++) {
      all.add(add(table, key));
      for (int i = 0; i < 40; i++) { // steps, more than there are
        table.fit(all.size());
        assertThat(all).allMatch(entry -> find(table, entry.key) == entry);
      }
      assertThat(get(table, 1_000)).isNull();
    }
    assertThat(bins(table)).isBetween(600, 1_200);
  }

  /** Also what is added and taken out while some bins have moved, and some not. */
  @Test
  void whatIsDoneInTheMidstOfAGrowthIsDone() {
    for (int steps = 0; steps <= 8; steps++) {
      KeyTable<Integer, FakeLimiter> table = new KeyTable<>(8, 1);
      List<Entry<Integer, FakeLimiter>> all = new ArrayList<>();
      for (int key = 0; key < 50; key++) {
        all.add(add(table, key));
      }
      for (int i = 0; i < steps; i++) {
        table.fit(MANY);
      }
      for (int key = 50; key < 100; key++) {
        all.add(add(table, key));
      }
      for (int i = 0; i < all.size(); i += 2) {
        table.remove(all.get(i));
      }
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < all.size(); i++) {
          assertThat(find(table, i)).isSameAs(i % 2 == 0 ? null : all.get(i));
          assertThat(get(table, i)).isSameAs(i % 2 == 0 ? null : all.get(i));
        }
        for (int i = 0; i < 200; i++) {
          table.fit(20); // to the end
        }
      }
      Set<Integer> drained = new HashSet<>();
      table.drain(entry -> assertThat(drained.add(entry.key)).isTrue());
      assertThat(drained).hasSize(50).allMatch(key -> key % 2 == 1);
    }
  }

  @Test
  void drainingInTheMidstOfAGrowthMeetsAllAndLeavesNone() {
    for (int steps = 0; steps <= 9; steps++) {
      KeyTable<Integer, FakeLimiter> table = new KeyTable<>(8, 1);
      for (int key = 0; key < 600; key++) { // some of them beside
        add(table, key);
      }
      for (int i = 0; i < steps; i++) {
        table.fit(MANY);
      }
      List<Integer> drained = new ArrayList<>();
      table.drain(entry -> drained.add(entry.key));
      assertThat(drained).hasSize(600).doesNotHaveDuplicates();
      for (int key = 0; key < 600; key++) {
        assertThat(get(table, key)).isNull();
      }
    }
  }

  /** This is what lets a reader end, whatever is linked anew before its eyes. */
  @Test
  void linksLeadFromTheNewerToTheOlderForEver() {
    KeyTable<Integer, FakeLimiter> table = new KeyTable<>(2, 1);
    List<Entry<Integer, FakeLimiter>> all = new ArrayList<>();
    for (int key = 0; key < 60; key++) {
      all.add(add(table, key));
    }
    for (int round = 0; round < 50; round++) {
      table.fit(round < 40 ? MANY : 1);
      if (round % 5 == 0) {
        table.remove(all.get(round));
      }
      for (Entry<Integer, FakeLimiter> entry : all) {
        Entry<Integer, FakeLimiter> older = entry.inBin;
        assertThat(older == null || older.key < entry.key).isTrue();
      }
    }
    assertThat(bins(table)).isGreaterThan(8);
  }

  @Test
  void aTableGrowsOnlyWithItsKeys() {
    KeyTable<Integer, FakeLimiter> table = new KeyTable<>(8, 8);
    for (int i = 0; i < 100; i++) {
      table.fit(4);
    }
    assertThat(bins(table)).isEqualTo(8);
    table.fit(5);
    assertThat(bins(table)).isEqualTo(16);
    table.fit(5);
    assertThat(bins(table)).isEqualTo(16);
  }

  @Test
  void aStepIsSoManyBinsAndTheLastOneWhatIsLeft() {
    KeyTable<Integer, FakeLimiter> table = new KeyTable<>(8, 3);
    List<Entry<Integer, FakeLimiter>> all = new ArrayList<>();
    for (int key = 0; key < 16; key++) {
      all.add(add(table, key));
    }
    for (int bins : new int[] {8, 8, 16}) {
      table.fit(5);
      assertThat(bins(table)).isEqualTo(bins);
      assertThat(all).allMatch(entry -> find(table, entry.key) == entry);
    }
  }

  /** It goes on with the bins it has, and tries again when there are twice as many keys. */
  @Test
  void aTableForWhichThereIsNoMemoryStaysAsItIs() {
    boolean[] noMemory = {true};
    KeyTable<Integer, FakeLimiter> table =
        new KeyTable<>(8, 8) {
          @Override
          Entry<Integer, FakeLimiter>[] larger(int bins) {
            if (noMemory[0]) {
              throw new OutOfMemoryError("no memory, says a test");
            }
            return super.larger(bins);
          }
        };
    List<Entry<Integer, FakeLimiter>> all = new ArrayList<>();
    for (int key = 0; key < 9; key++) {
      all.add(add(table, key));
      table.fit(all.size());
    }
    assertThat(bins(table)).isEqualTo(8);
    noMemory[0] = false;
    for (int i = 0; i < 100; i++) {
      table.fit(10); // twice the 5 with which it was tried
    }
    assertThat(bins(table)).isEqualTo(8);
    table.fit(11);
    assertThat(bins(table)).isEqualTo(16);
    assertThat(all).allMatch(entry -> find(table, entry.key) == entry);
  }

  // ---- Hashes

  /** Numbers in a row, multiples of a power of two, and whole numbers as fractions. */
  @Test
  void keysThatFollowARuleAreSpreadOverTheBins() {
    for (int shift = 0; shift < 22; shift++) {
      int by = shift;
      assertSpread("multiples of 2^" + shift, i -> i << by);
      assertSpread("negative multiples of 2^" + shift, i -> -i << by);
      assertSpread("long multiples of 2^" + shift, i -> (long) i << by + 20);
      assertSpread("fractions", i -> (double) i * (1 << by));
    }
    assertSpread("texts", i -> "tenant-" + i);
    assertSpread("addresses", i -> "10.0." + (i >> 8) + "." + (i & 255));
  }

  /** As many keys as bins fill 63 % of these by chance, and the fullest holds six or seven. */
  private static void assertSpread(String what, IntFunction<Object> key) {
    int bins = 1 << 10;
    int[] counts = new int[bins];
    for (int i = 0; i < bins; i++) {
      int hash = KeyTable.hash(key.apply(i));
      assertThat(hash).as(what).isNotNegative();
      counts[hash & bins - 1]++;
    }
    assertThat(IntStream.of(counts).filter(count -> count > 0).count())
        .as("bins in use: " + what)
        .isGreaterThan(bins / 2);
    assertThat(IntStream.of(counts).max().orElseThrow())
        .as("keys in the fullest bin: " + what)
        .isLessThan(12);
  }

  // ---- Keys that collide

  /** Each costs its way through a bin, and a few comparisons more. */
  @Test
  void aHundredThousandTextsOfOneHashCodeAreServed() {
    int many = 100_000;
    KeyTable<String, FakeLimiter> table = new KeyTable<>();
    List<Entry<String, FakeLimiter>> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add(add(table, CollidingKeys.key(i)));
      table.fit(i + 1);
    }
    for (int i = 0; i < many; i++) {
      assertThat(find(table, CollidingKeys.key(i)) == all.get(i)).isTrue();
    }
    for (Entry<String, FakeLimiter> entry : all) {
      table.remove(entry);
    }
    for (int i = 0; i < many; i++) {
      assertThat(get(table, CollidingKeys.key(i)) == null).isTrue();
    }
  }

  /** There is room in the bin again then, and no key may be in twice. */
  @Test
  void whatCameOnTopOfAFullBinStaysFoundWhenTheBinIsEmpty() {
    KeyTable<String, FakeLimiter> table = new KeyTable<>();
    int many = KeyTable.LONGEST + 10;
    List<Entry<String, FakeLimiter>> all = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      all.add(add(table, CollidingKeys.key(i)));
    }
    assertThat(Reach.beside(table)).isEqualTo(10);
    for (int i = 0; i < KeyTable.LONGEST; i++) {
      table.remove(all.get(i));
    }
    for (int i = many - 1; i >= 0; i--) {
      Entry<String, FakeLimiter> there = i < KeyTable.LONGEST ? null : all.get(i);
      assertThat(find(table, CollidingKeys.key(i))).isSameAs(there);
      assertThat(table.addIfAbsent(entry(CollidingKeys.key(i)))).isSameAs(there);
    }
  }

  /** Whoever meets a retired entry takes it out: late, perhaps, and twice. */
  @Test
  void takingOutAnEntryOnceMoreLeavesTheNextOneOfItsKey() {
    KeyTable<String, FakeLimiter> table = new KeyTable<>();
    for (int i = 0; i < KeyTable.LONGEST; i++) {
      add(table, CollidingKeys.key(i));
    }
    String beside = CollidingKeys.key(KeyTable.LONGEST);
    Entry<String, FakeLimiter> old = add(table, beside);
    table.remove(old);
    Entry<String, FakeLimiter> next = add(table, beside);
    table.remove(old);
    assertThat(find(table, beside)).isSameAs(next);
  }

  // ---- The key's equals, which is the user's

  @Test
  void anEqualsThatAddsTheKeyItselfIsNoticed() {
    KeyTable<Meddler, FakeLimiter> table = new KeyTable<>(1, 1);
    add(table, new Meddler(1));
    Meddler meddler = new Meddler(2);
    List<Entry<Meddler, FakeLimiter>> inside = new ArrayList<>();
    meddler.onEquals = () -> inside.add(add(table, new Meddler(2)));
    assertThat(table.addIfAbsent(entry(meddler))).isNotNull().isSameAs(inside.get(0));
  }

  @Test
  void anEqualsThatMovesTheBinLosesNothing() {
    KeyTable<Meddler, FakeLimiter> table = new KeyTable<>(1, 1);
    List<Entry<Meddler, FakeLimiter>> all = new ArrayList<>();
    for (int id = 0; id < 10; id++) {
      all.add(add(table, new Meddler(id)));
    }
    Meddler meddler = new Meddler(10);
    meddler.onEquals = () -> table.fit(MANY);
    all.add(add(table, meddler));
    assertThat(bins(table)).isEqualTo(2);
    assertThat(all).allMatch(entry -> get(table, new Meddler(entry.key.id)) == entry);
  }

  @Test
  void anEqualsThatTakesOutWhatItIsComparedWithLosesNothingElse() {
    KeyTable<Meddler, FakeLimiter> table = new KeyTable<>(1, 1);
    List<Entry<Meddler, FakeLimiter>> all = new ArrayList<>();
    for (int id = 0; id < 3; id++) {
      all.add(add(table, new Meddler(id)));
    }
    Meddler meddler = new Meddler(0);
    meddler.onEquals = () -> table.remove(all.get(2)); // the head, on which it stands
    assertThat(table.addIfAbsent(entry(meddler))).isSameAs(all.get(0));
    assertThat(get(table, new Meddler(1))).isSameAs(all.get(1));
    assertThat(get(table, new Meddler(2))).isNull();
  }

  @Test
  void anEqualsThatThrowsChangesNothingAndLeavesNoLock() throws Exception {
    KeyTable<FickleKey, FakeLimiter> table = new KeyTable<>(1, 1);
    Entry<FickleKey, FakeLimiter> first = add(table, new FickleKey(1));
    FickleKey fickle = new FickleKey(2);
    fickle.throwFrom(1);
    assertThatThrownBy(() -> table.addIfAbsent(entry(fickle)))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(Threads.aside(() -> get(table, new FickleKey(2)) == null).result()).isTrue();
    assertThat(Threads.aside(() -> get(table, new FickleKey(1))).result()).isSameAs(first);
  }

  /** Whoever takes an entry out has it in hand, and needs no comparing. */
  @Test
  void takingOutAsksNoKey() {
    KeyTable<FickleKey, FakeLimiter> table = new KeyTable<>(1, 1);
    List<Entry<FickleKey, FakeLimiter>> all = new ArrayList<>();
    for (int id = 0; id < KeyTable.LONGEST; id++) {
      all.add(add(table, new FickleKey(id)));
    }
    all.forEach(entry -> entry.key.throwFrom(1));
    all.forEach(table::remove);
    assertThat(get(table, new FickleKey(1))).isNull();
  }

  // ---- The steps

  private static <K> Entry<K, FakeLimiter> entry(K key) {
    return new Entry<>(key, KeyTable.hash(key), null);
  }

  private static <K> Entry<K, FakeLimiter> add(KeyTable<K, FakeLimiter> table, K key) {
    Entry<K, FakeLimiter> fresh = entry(key);
    assertThat(table.addIfAbsent(fresh) == null).as("a new key").isTrue();
    return fresh;
  }

  private static <K> Entry<K, FakeLimiter> find(KeyTable<K, FakeLimiter> table, K key) {
    return table.find(key, KeyTable.hash(key));
  }

  private static <K> Entry<K, FakeLimiter> get(KeyTable<K, FakeLimiter> table, K key) {
    return table.get(key, KeyTable.hash(key));
  }

  private static int bins(KeyTable<?, ?> table) {
    return Reach.bins(table);
  }
}
