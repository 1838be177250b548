package io.asynctools.api.spi;

import java.util.concurrent.ThreadLocalRandom;

/**
 * What a thread does that lost a compare-and-set. The first time it tries again at once: where two
 * met by chance, that is enough. One that loses again stands aside for a while, at random, so that
 * the others get their work done on a cache line that stays where it is: without that, two threads
 * together reach a quarter of what one does (docs/benchmarks.md). It spins and does not sleep or
 * yield: it waits for nobody.
 */
public final class Backoff {
  private static final int SPINS = 1_024; // about 50 µs where a spin hint takes 50 ns

  private Backoff() {}

  /**
   * Returns when it is time to try again. For loops whose attempt is a compare-and-set of a field
   * that many threads write: {@code for (int losses = 0; !won(); ) Backoff.afterLosing(++losses)}.
   *
   * @param times how many attempts in a row were lost, 1 or more
   */
  public static void afterLosing(int times) {
    if (times > 1) {
      int spins = SPINS + ThreadLocalRandom.current().nextInt(SPINS);
      for (int i = 0; i < spins; i++) {
        Thread.onSpinWait();
      }
    }
  }
}
