package io.asynctools.benchmarks;

import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Which key a thread asks for next: three shifts and a multiplication, and nothing shared. */
@State(Scope.Thread)
public class RandomKey {
  private long state = ThreadLocalRandom.current().nextLong() | 1;

  /** Marsaglia's xorshift, whose upper half is scaled to the number of keys. */
  int next() {
    state ^= state << 13;
    state ^= state >>> 7;
    state ^= state << 17;
    return (int) ((state >>> 32) * KeyedSubject.KEYS >>> 32);
  }
}
