package io.asynctools.proof.simulation;

import io.asynctools.proof.simulation.Book.Promise;
import io.asynctools.proof.simulation.Book.Want;
import java.util.function.LongSupplier;

/**
 * Semaphore 1 and 2: never more out than the limit, or than were out when it was lowered; what is
 * not out is free, and nobody waits for what is free.
 */
final class RoomPromise implements Promise {
  private final Scenario scenario;
  private final String name;
  private final LongSupplier available;
  private long limit;
  private long ceiling; // the limit, or a higher one from before, until all that shows has ended

  RoomPromise(Scenario scenario, String name, long limit, LongSupplier available) {
    this.scenario = scenario;
    this.name = name;
    this.limit = limit;
    this.ceiling = limit;
    this.available = available;
  }

  void set(long newLimit) {
    limit = newLimit;
    ceiling = Math.max(ceiling, newLimit);
  }

  @Override
  public void granted(long time, long permits, long held) {
    scenario.require(held <= ceiling, "%s: %d permits out, of %d", name, held, ceiling);
  }

  @Override
  public void atRest(Want first, long held) {
    if (held <= limit) {
      ceiling = limit;
    }
    long free = available.getAsLong();
    scenario.require(
        free == Math.max(limit - held, 0),
        "%s: %d free and %d out, of %d",
        name,
        free,
        held,
        limit);
    if (first != null) {
      scenario.require(
          first.permits > free || held > limit,
          "%s: number %d waits for %d permits, but %d are free",
          name,
          first.arrival,
          first.permits,
          free);
    }
  }
}
