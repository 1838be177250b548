package io.asynctools.circuitbreaker;

import io.asynctools.circuitbreaker.CircuitBreaker.State;

/** Hears of a circuit breaker's changes of state. */
@FunctionalInterface
public interface StateListener {

  /**
   * Receives a change of state. Each change is reported once, in order, never two at a time, on the
   * thread that made it or on one that made another change meanwhile. What the listener throws is
   * logged and changes nothing. While it runs, later changes wait to be reported, and no call
   * waits.
   *
   * <p>A breaker has no timer: the change from OPEN to HALF_OPEN is made, and reported, by the
   * first call after its open time. {@link CircuitBreaker#state} says HALF_OPEN from then on even
   * if no call comes.
   *
   * @param from the state before
   * @param to the state since; by the time this is called there may be another
   */
  void onStateChange(State from, State to);
}
