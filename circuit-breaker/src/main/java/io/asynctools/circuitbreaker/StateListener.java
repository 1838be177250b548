package io.asynctools.circuitbreaker;

import io.asynctools.circuitbreaker.CircuitBreaker.State;

/** Hears of a circuit breaker's changes of state. */
@FunctionalInterface
public interface StateListener {

  /**
   * The breaker has changed its state. Each change is reported once, in order, never two at a time,
   * on the thread of whoever made it or of whoever made another one meanwhile. What it throws is
   * logged and changes nothing; while it runs, later changes wait to be reported, and no call
   * waits.
   *
   * @param from the state before
   * @param to the state since; by the time this is called there may be another
   */
  void onStateChange(State from, State to);
}
