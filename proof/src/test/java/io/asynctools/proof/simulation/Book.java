package io.asynctools.proof.simulation;

import io.asynctools.proof.simulation.World.HandOver;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the clients of one limiter know of it, from outside: who waits, in which order they came and
 * were served, and how much is held. Checks the order, and asks a {@link Promise} about the rest.
 */
final class Book {

  /** What a limiter promises beside the order. */
  interface Promise {
    /** So much was granted, at this time. */
    void granted(long time, long permits, long held);

    /** Nothing is under way; {@code first} is the oldest who waits, null if nobody does. */
    void atRest(Want first, long held);
  }

  /** One who asked. */
  static final class Want {
    final long arrival;
    final long permits;
    final long deadline; // Long.MAX_VALUE for none
    boolean waits; // since it was not answered at once

    Want(long arrival, long permits, long deadline) {
      this.arrival = arrival;
      this.permits = permits;
      this.deadline = deadline;
    }
  }

  private final Scenario scenario;
  private final String name;
  private final Promise promise;
  private final TreeMap<Long, Want> waiting = new TreeMap<>(); // by arrival
  private final TreeMap<Long, Long> served = new TreeMap<>(); // hand-overs of grants, by arrival
  private long arrivals;
  private long held;

  Book(Scenario scenario, String name, Promise promise) {
    this.scenario = scenario;
    this.name = name;
    this.promise = promise;
  }

  Want arrives(long permits, long maxWaitNanos) {
    long now = scenario.world.now();
    long deadline = maxWaitNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + maxWaitNanos;
    return new Want(++arrivals, permits, deadline);
  }

  /** Was not answered at once. */
  void waits(Want want) {
    want.waits = true;
    waiting.put(want.arrival, want);
  }

  /** Left, or was refused, or failed. */
  void leaves(Want want) {
    waiting.remove(want.arrival);
  }

  /** Was granted at once, while so many waited. */
  void grantedAtOnce(Want want, int waiters) {
    note(want, "granted at once");
    scenario.require(
        waiters == 0, "%s: number %d overtook %d who wait", name, want.arrival, waiters);
    grant(want, scenario.world.now());
  }

  /** Hears now of a grant that it had waited for. */
  void grantedLater(Want want, HandOver handOver) {
    note(want, "granted");
    waiting.remove(want.arrival);
    Map.Entry<Long, Long> before = served.lowerEntry(want.arrival);
    Map.Entry<Long, Long> after = served.higherEntry(want.arrival);
    scenario.require(
        (before == null || before.getValue() < handOver.number())
            && (after == null || handOver.number() < after.getValue()),
        "%s: number %d was served out of turn",
        name,
        want.arrival);
    served.put(want.arrival, handOver.number());
    grant(want, handOver.time());
  }

  private void grant(Want want, long time) {
    held += want.permits;
    promise.granted(time, want.permits, held);
  }

  /** What was granted comes back now. */
  void ended(long permits) {
    held -= permits;
    scenario.require(held >= 0, "%s: more ended than was granted", name);
  }

  long held() {
    return held;
  }

  int waiting() {
    return waiting.size();
  }

  /**
   * Nothing is under way, and no timer is late.
   *
   * @param waiters how many wait as the limiter sees it
   */
  void atRest(int waiters) {
    scenario.require(
        waiting.size() == waiters,
        "%s: %d wait, but the limiter knows of %d",
        name,
        waiting.size(),
        waiters);
    for (Want want : waiting.values()) {
      scenario.require(
          want.deadline > scenario.world.now(),
          "%s: number %d waits past its deadline",
          name,
          want.arrival);
    }
    promise.atRest(waiting.isEmpty() ? null : waiting.firstEntry().getValue(), held);
  }

  private void note(Want want, String what) {
    scenario.note(name + ": number " + want.arrival + " " + what + ", " + want.permits);
  }
}
