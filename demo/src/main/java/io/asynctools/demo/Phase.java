package io.asynctools.demo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.function.Consumer;

/**
 * A stretch of load on a gateway, and a rest after it until all is answered, told second by second.
 *
 * @param profile the load; its length is whole seconds
 * @param restSeconds how long the rest is at least
 */
record Phase(LoadProfile profile, int restSeconds) {
  /** All requests have timed out by then. */
  static final int LONGEST_REST = 12;

  /** One second of it. */
  record Second(int number, boolean rest, SecondStats stats) {}

  /** What came of it: under load alone, and with what was answered after. */
  record Outcome(int seconds, SecondStats underLoad, SecondStats all) {

    /** Good answers a second while the load lasted. */
    double goodPerSecond() {
      return (double) underLoad.good() / seconds;
    }
  }

  /** Runs it on real time; returns when all is answered, or has had time enough to be. */
  Outcome run(Gateway gateway, Consumer<Second> eachSecond) throws InterruptedException {
    int seconds = Math.toIntExact(profile.length().toSeconds());
    SecondStats underLoad = SecondStats.NONE;
    SecondStats all = SecondStats.NONE;
    long start = System.nanoTime();
    try (Traffic traffic = new Traffic(profile, gateway)) {
      for (int second = 1;
          second <= seconds + restSeconds
              || (!traffic.isDone() && second <= seconds + LONGEST_REST);
          second++) {
        NANOSECONDS.sleep(start + second * 1_000_000_000L - System.nanoTime());
        SecondStats stats = traffic.endSecond();
        all = all.plus(stats);
        if (second <= seconds) {
          underLoad = underLoad.plus(stats);
        }
        eachSecond.accept(new Second(second, second > seconds, stats));
      }
    }
    return new Outcome(seconds, underLoad, all);
  }
}
