package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.perkey.Threads.Aside;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that add and take out keys of their own, side by side in the same bins, while the table
 * grows from the smallest to the largest they need.
 *
 * <p>Promises: Per key 1.
 */
@Tag("unit")
@Timeout(120)
class KeyTableStressTest {
  private static final int THREADS = 3;
  private static final int KEYS = 2_000; // of each thread

  @Test
  void nobodyLosesAKeyToAnother() throws Exception {
    for (int round = 0; round < 30; round++) {
      KeyTable<Integer, FakeLimiter> table = new KeyTable<>(2, 1);
      for (Aside<Boolean> each : Threads.<Boolean>together(THREADS, i -> () -> works(table, i))) {
        assertThat(each.result()).isTrue();
      }
    }
  }

  @SuppressWarnings("unchecked") // filled here
  private static boolean works(KeyTable<Integer, FakeLimiter> table, int thread) {
    Entry<Integer, FakeLimiter>[] mine = (Entry<Integer, FakeLimiter>[]) new Entry<?, ?>[KEYS];
    for (int i = 0; i < KEYS; i++) {
      int key = i * THREADS + thread;
      mine[i] = new Entry<>(key, KeyTable.hash(key), null);
      check(table.addIfAbsent(mine[i]) == null, "a new key is there already");
      table.fit(i);
      int other = i * 7 / 10; // one from before, that is taken out in half of the cases
      if (mine[other] != null && i % 2 == 0) {
        table.remove(mine[other]);
        mine[other] = null;
      }
      int known = (i * 31) % (i + 1);
      int knownKey = known * THREADS + thread;
      check(
          table.get(knownKey, KeyTable.hash(knownKey)) == mine[known],
          "a key is lost, or back again");
    }
    return true;
  }

  private static void check(boolean right, String otherwise) {
    if (!right) {
      throw new AssertionError(otherwise);
    }
  }

  /** Those who race for a key get one entry. */
  @Test
  void ofManyWhoAddAKeyOneDoes() throws Exception {
    for (int round = 0; round < 30; round++) {
      KeyTable<Integer, FakeLimiter> table = new KeyTable<>(2, 1);
      List<Aside<Integer>> all =
          Threads.together(
              THREADS,
              thread ->
                  () -> {
                    int added = 0;
                    for (int key = 0; key < KEYS; key++) {
                      Entry<Integer, FakeLimiter> fresh =
                          new Entry<>(key, KeyTable.hash(key), null);
                      Entry<Integer, FakeLimiter> there = table.addIfAbsent(fresh);
                      added += there == null ? 1 : 0;
                      table.fit(key);
                      Entry<Integer, FakeLimiter> one = there == null ? fresh : there;
                      check(table.get(key, KeyTable.hash(key)) == one, "two entries of a key");
                    }
                    return added;
                  });
      int added = 0;
      for (Aside<Integer> each : all) {
        added += each.result();
      }
      assertThat(added).isEqualTo(KEYS);
    }
  }
}
