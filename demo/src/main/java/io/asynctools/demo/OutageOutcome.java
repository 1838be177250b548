package io.asynctools.demo;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.demo.BreakerWatch.Change;
import java.util.List;
import java.util.OptionalInt;

/** What came of an {@link OutagePhase}. */
record OutageOutcome(Outage outage, List<Second> seconds) {

  /**
   * One second of it.
   *
   * @param number from 1; those after the outage's length are a rest
   * @param plain what happened at the gateway that only retries
   * @param stack what happened at the gateway with the whole stack
   * @param breaker the state of its breaker at the end of the second
   * @param changes how it came to that
   */
  record Second(
      int number, SecondStats plain, SecondStats stack, State breaker, List<Change> changes) {}

  SecondStats plain() {
    return seconds.stream().map(Second::plain).reduce(SecondStats.NONE, SecondStats::plus);
  }

  SecondStats stack() {
    return seconds.stream().map(Second::stack).reduce(SecondStats.NONE, SecondStats::plus);
  }

  /** The part of it in which the upstreams served nobody. */
  OutageOutcome down() {
    return new OutageOutcome(
        outage, seconds.stream().filter(second -> outage.isDown(second.number())).toList());
  }

  /** How often the breaker was found to have gone from a state to another. */
  long changes(State from, State to) {
    return seconds.stream()
        .flatMap(second -> second.changes().stream())
        .filter(change -> change.from() == from && change.to() == to)
        .count();
  }

  boolean endsIn(State state) {
    return !seconds.isEmpty() && seconds.get(seconds.size() - 1).breaker() == state;
  }

  /** Which second after the outage was the first in which most requests got a good answer. */
  OptionalInt secondsToRecover() {
    return seconds.stream()
        .filter(second -> second.number() > outage.lastSecond())
        .filter(second -> second.stack().good() * 2 > second.stack().offered())
        .mapToInt(second -> second.number() - outage.lastSecond())
        .findFirst();
  }
}
