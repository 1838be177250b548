package io.asynctools.tokenbucket;

import java.util.concurrent.ThreadLocalRandom;

/**
 * What a thread does that lost a compare-and-set: it stands aside for a few microseconds, at
 * random, so that the others get their work done on a cache line that stays where it is. Without it
 * two threads reach a third of what one does (docs/benchmarks.md has the figures).
 *
 * <p>A thread that goes on losing yields: there may be more threads than cores, and the winner
 * needs one.
 */
final class Backoff {
  private static final int FEW = 64; // some 3 µs where a spin hint takes 50 ns
  private static final int MANY = 128;

  private Backoff() {}

  @SuppressWarnings("ThreadPriorityCheck") // a yield is a hint here: nothing depends on it
  static void afterLosing(int times) {
    int most = times == 1 ? FEW : MANY;
    int spins = most + ThreadLocalRandom.current().nextInt(most);
    for (int i = 0; i < spins; i++) {
      Thread.onSpinWait();
    }
    if (times > 2) {
      Thread.yield();
    }
  }
}
