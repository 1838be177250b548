package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import org.jspecify.annotations.Nullable;

/**
 * One stay of a breaker in one state, from when it came there until it leaves; what happens in that
 * time is counted here. A permit belongs to the epoch that gave it, so that an outcome counts for
 * that epoch or for nothing.
 */
abstract class Epoch {
  final CircuitBreaker breaker;
  final State state;

  // Set by the one who ended this epoch, after it was ended; taken by the one who reports it.
  private volatile @Nullable Epoch next;

  Epoch(CircuitBreaker breaker, State state) {
    this.breaker = breaker;
    this.state = state;
  }

  /**
   * A permit; null for a refusal; {@link MovedOn} if it matters that the breaker has left this
   * epoch.
   */
  abstract @Nullable Permit admit();

  /** Why {@link #admit} gave none. */
  RejectedException refusal() {
    throw new IllegalStateException("nobody was refused while " + state);
  }

  /** What {@link CircuitBreaker#failureCount} says. */
  abstract int failures();

  /** Whether forgetting the breaker now would make no difference that matters. */
  abstract boolean isIdle();

  final void follow(Epoch successor) {
    next = successor;
  }

  /**
   * The epoch after this one, once, for whoever reports the changes. Afterwards this one no longer
   * knows it: the permit of a call that hangs must not keep in memory all that came after it.
   */
  final @Nullable Epoch takeNext() {
    Epoch successor = next;
    if (successor != null) {
      next = null;
    }
    return successor;
  }
}
