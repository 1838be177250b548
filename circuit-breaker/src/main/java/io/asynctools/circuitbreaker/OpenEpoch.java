package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** OPEN: refuses, until the time-out has passed; the first to come then is the first probe. */
final class OpenEpoch extends Epoch {
  private final long openedAt;
  private final long timeoutNanos; // the rule's own: a load less for each refusal
  private final int failures; // what opened it
  private final boolean forced; // by forceOpen(), and not closed since

  OpenEpoch(CircuitBreaker breaker, long openedAt, int failures, boolean forced) {
    super(breaker, State.OPEN);
    this.openedAt = openedAt;
    this.timeoutNanos = breaker.rule.timeoutNanos;
    this.failures = failures;
    this.forced = forced;
  }

  @Override
  @Nullable Permit admit() {
    long now = breaker.nanoTime();
    return now - openedAt < timeoutNanos ? null : probe(now);
  }

  /** Several may see the time-out pass: one of them makes the change and has the first place. */
  private Permit probe(long now) {
    HalfOpenEpoch next = new HalfOpenEpoch(breaker, failures, forced);
    Permit first = next.firstProbe(now);
    return breaker.change(this, next) ? first : MovedOn.INSTANCE;
  }

  @Override
  RejectedException refusal() {
    long left = timeoutNanos - (breaker.nanoTime() - openedAt);
    return new CircuitBreakerOpenException(
        breaker.name(), Duration.ofNanos(Math.max(left, 1))); // it was open a moment ago
  }

  @Override
  int failures() {
    return failures;
  }

  @Override
  boolean isIdle() {
    long over = breaker.nanoTime() - openedAt - timeoutNanos;
    return !forced && over >= timeoutNanos;
  }
}
