package io.asynctools.demo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.asynctools.demo.FloodOutcome.Second;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A few tenants who ask a gateway for little, and a flood of keys beside them, told second by
 * second.
 *
 * @param flood when it runs
 */
record FloodPhase(Flood flood) {
  /** The API keys of those who are known. */
  static final List<String> TENANTS = List.of("ada", "brian", "charles", "donald", "edsger");

  /** What each of them asks for in a second. */
  static final int REQUESTS_PER_SECOND = 10;

  /** The first answers take a while: what comes before this has passed is not counted. */
  private static final Duration LEAD = Duration.ofMillis(250);

  /** Runs it on real time; returns when all is answered, or has had time enough to be. */
  FloodOutcome run(Gateway gateway, Tenants tenants, Consumer<Second> eachSecond)
      throws InterruptedException {
    LoadProfile load =
        LoadProfile.even(flood.length().plus(LEAD), TENANTS.size() * REQUESTS_PER_SECOND);
    List<Second> seconds = new ArrayList<>();
    int end = Math.toIntExact(flood.length().toSeconds());
    long heldAtTheEnds = 0;
    try (Traffic traffic = new Traffic(load, gateway, TENANTS);
        KeyFlood keys = new KeyFlood(tenants)) {
      NANOSECONDS.sleep(LEAD.toNanos());
      var unused = traffic.endSecond();
      long start = System.nanoTime();
      for (int number = 1;
          number <= end || (!traffic.isDone() && number <= end + Phase.LONGEST_REST);
          number++) {
        if (number == flood.quiet() + 1) {
          keys.start(Flood.KEYS_PER_SECOND, Duration.ofSeconds(flood.flooded()));
        }
        NANOSECONDS.sleep(start + number * 1_000_000_000L - System.nanoTime());
        Second second =
            new Second(
                number,
                traffic.endSecond(),
                keys.endSecond(),
                tenants.held().getAsLong(),
                heapInUse());
        heldAtTheEnds = Math.max(heldAtTheEnds, second.held());
        seconds.add(second);
        eachSecond.accept(second);
      }
      return new FloodOutcome(
          flood, List.copyOf(seconds), Math.max(heldAtTheEnds, keys.mostHeld()));
    }
  }

  /**
   * What is in use, without what is garbage: so this collects it, which takes some milliseconds.
   */
  private static long heapInUse() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
