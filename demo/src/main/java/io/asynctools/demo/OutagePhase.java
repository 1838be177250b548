package io.asynctools.demo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.asynctools.demo.OutageOutcome.Second;
import java.util.ArrayList;
import java.util.List;

/**
 * The same outage for two upstreams at once, one behind a gateway that only retries, one behind the
 * whole stack, under the same even load, told second by second.
 *
 * @param outage how the upstreams are
 * @param capacity what an upstream can do in a second; each is asked for half of that
 */
record OutagePhase(Outage outage, double capacity) {

  /**
   * One way to an upstream.
   *
   * @param gateway the gateway
   * @param upstream what is behind it
   */
  record Side(Gateway gateway, Upstream upstream) {}

  /** Hears of it as it goes. */
  interface Listener {
    /** Before a second in which the upstreams are not as they were in the last. */
    void becomes(Health health);

    /** After a second; the start is the reading of the system's time source then. */
    void ends(Second second, long startNanos);
  }

  /** Runs it on real time; returns when all is answered, or has had time enough to be. */
  OutageOutcome run(Side plain, Side stack, BreakerWatch watch, Listener listener)
      throws InterruptedException {
    LoadProfile load = LoadProfile.easy(outage.length(), capacity);
    List<Second> seconds = new ArrayList<>();
    Health health = Health.WELL;
    int end = Math.toIntExact(outage.length().toSeconds());
    long start = System.nanoTime();
    try (Traffic onPlain = new Traffic(load, plain.gateway());
        Traffic onStack = new Traffic(load, stack.gateway())) {
      for (int number = 1;
          number <= end
              || (!(onPlain.isDone() && onStack.isDone()) && number <= end + Phase.LONGEST_REST);
          number++) {
        if (outage.at(number) != health) {
          health = outage.at(number);
          plain.upstream().become(health);
          stack.upstream().become(health);
          listener.becomes(health);
        }
        NANOSECONDS.sleep(start + number * 1_000_000_000L - System.nanoTime());
        Second second =
            new Second(
                number,
                onPlain.endSecond(),
                onStack.endSecond(),
                watch.state(),
                watch.newChanges());
        seconds.add(second);
        listener.ends(second, start);
      }
    }
    return new OutageOutcome(outage, List.copyOf(seconds));
  }
}
