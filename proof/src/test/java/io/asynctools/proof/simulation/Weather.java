package io.asynctools.proof.simulation;

import java.util.Random;

/**
 * How badly the surroundings behave: one in so many tasks or timers meets with each misfortune, 0
 * for none.
 *
 * @param rejects the executor rejects a task
 * @param delays the executor keeps a task for a while
 * @param late a timer rings late
 * @param early a timer rings early
 * @param twice a timer rings twice
 */
record Weather(int rejects, int delays, int late, int early, int twice) {
  static final Weather FINE = new Weather(0, 0, 0, 0, 0);

  /** Each misfortune half the time, rare or frequent. */
  static Weather drawn(Random random) {
    return new Weather(oneIn(random), oneIn(random), oneIn(random), oneIn(random), oneIn(random));
  }

  private static int oneIn(Random random) {
    return random.nextBoolean() ? 0 : 2 + random.nextInt(30);
  }
}
