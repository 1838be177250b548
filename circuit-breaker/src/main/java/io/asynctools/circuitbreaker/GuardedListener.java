package io.asynctools.circuitbreaker;

import io.asynctools.api.spi.UserCode;
import io.asynctools.circuitbreaker.CircuitBreaker.State;

/** A listener of the user's, which changes nothing by throwing: not what other listeners hear. */
record GuardedListener(StateListener listener, UserCode guard) {
  GuardedListener(StateListener listener, String breaker) {
    this(listener, new UserCode("onStateChange", breaker));
  }

  void report(State from, State to) {
    guard.run(() -> listener.onStateChange(from, to));
  }
}
