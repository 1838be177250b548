package io.asynctools.perkey;

import java.util.HashSet;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A table of few keys, all in one bin at first, while it grows by a bin at a time, under every
 * interleaving that Lincheck tries: it is a set of keys.
 *
 * <p>Promises: Per key 1.
 */
@Tag("slow")
public class KeyTableLincheckTest {

  private static final int FIRST = 4; // of the keys, that are there from the beginning

  /** Keys are added, taken out, looked for; and the table grows. */
  @Param(name = "key", gen = IntGen.class, conf = "0:4")
  public static final class Table {
    private final KeyTable<Integer, FakeLimiter> table = new KeyTable<>(1, 1);

    public Table() {
      for (int key = 0; key < FIRST; key++) {
        add(key);
      }
    }

    @Operation
    public boolean add(@Param(name = "key") int key) {
      return table.addIfAbsent(new Entry<>(key, KeyTable.hash(key), null)) == null;
    }

    @Operation
    public void takeOut(@Param(name = "key") int key) {
      Entry<Integer, FakeLimiter> entry = table.get(key, KeyTable.hash(key));
      if (entry != null) {
        table.remove(entry);
      }
    }

    @Operation
    public boolean has(@Param(name = "key") int key) {
      return table.get(key, KeyTable.hash(key)) != null;
    }

    @Operation
    public void grow() {
      table.fit(1_000);
    }
  }

  /** The same, by one lock. */
  public static final class OneSet {
    private final Set<Integer> keys = new HashSet<>();

    public OneSet() {
      for (int key = 0; key < FIRST; key++) {
        add(key);
      }
    }

    public boolean add(int key) {
      return keys.add(key);
    }

    public void takeOut(int key) {
      keys.remove(key);
    }

    public boolean has(int key) {
      return keys.contains(key);
    }

    public void grow() {}
  }

  @Test
  void noInterleavingTellsItFromASet() {
    new ModelCheckingOptions()
        .iterations(30)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsPerThread(4)
        .sequentialSpecification(OneSet.class)
        .check(Table.class);
  }

  @Test
  void norDoesAStressTest() {
    new StressOptions()
        .iterations(20)
        .invocationsPerIteration(2_000)
        .threads(2)
        .actorsPerThread(4)
        .sequentialSpecification(OneSet.class)
        .check(Table.class);
  }
}
