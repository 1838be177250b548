package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import org.jspecify.annotations.Nullable;

/** OPEN until {@code reset()}: no time-out ends it, no probe is granted. */
final class IsolatedEpoch extends Epoch {
  private final int failures;

  IsolatedEpoch(Epoch last) {
    super(last.breaker, State.OPEN, "isolate(), until reset()");
    this.failures = last.failures();
  }

  @Override
  @Nullable Permit admit() {
    return null;
  }

  @Override
  RejectedException refusal() {
    return new CircuitBreakerOpenException(breaker.name(), null, why, null);
  }

  @Override
  int failures() {
    return failures;
  }

  @Override
  boolean isIdle() {
    return false;
  }

  @Override
  long nanosToWait() {
    return BreakerRule.NEVER;
  }

  @Override
  void describe(StringBuilder text) {
    text.append(", isolated=true");
  }
}
