package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * KeyTable: a reader who takes no lock may be led astray while a bin's entries are dealt out to two
 * others, and then finds nothing; whoever looks again under the lock finds what is there.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both found it.")
@Outcome(id = "false, true", expect = ACCEPTABLE_INTERESTING, desc = "A reader was led astray.")
@State
public class ReaderAgainstMove {
  private static final int KEYS = 4;
  private static final int ROUNDS = 20; // for a move takes longer than a look

  private final KeyTable<Integer, SemaphoreRateLimiter> table = new KeyTable<>(1, 1);

  public ReaderAgainstMove() {
    for (int key = 0; key < KEYS; key++) {
      table.addIfAbsent(new Entry<>(key, KeyTable.hash(key), null));
    }
  }

  @Actor
  public void move() {
    table.fit(100);
  }

  @Actor
  public void read(ZZ_Result r) {
    r.r1 = true;
    r.r2 = true;
    for (int i = 0; i < ROUNDS * KEYS; i++) {
      int key = i % KEYS;
      r.r1 &= table.find(key, KeyTable.hash(key)) != null;
      r.r2 &= table.get(key, KeyTable.hash(key)) != null;
    }
  }
}
