package io.asynctools.tokenbucket;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * What a thread does that lost a compare-and-set: it stands aside for a few microseconds, at
 * random, so that the others get their work done on a cache line that stays where it is. Without it
 * two threads reach a third of what one does (docs/benchmarks.md has the figures).
 *
 * <p>A thread that goes on losing steps off its core for an instant: there may be more threads than
 * cores, and the winner needs one. It waits for nobody, and goes on by itself.
 */
final class Backoff {
  private static final int FEW = 64; // some 3 µs where a spin hint takes 50 ns
  private static final int MANY = 128;

  private Backoff() {}

  static void afterLosing(int times) {
    if (times > 2) {
      LockSupport.parkNanos(1);
      return;
    }
    int most = times == 1 ? FEW : MANY;
    int spins = most + ThreadLocalRandom.current().nextInt(most);
    for (int i = 0; i < spins; i++) {
      Thread.onSpinWait();
    }
  }
}
