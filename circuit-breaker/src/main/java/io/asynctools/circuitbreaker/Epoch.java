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
  final String why; // the breaker came here, for the log

  // Set by the one who ended this epoch, after it was ended; taken by the one who reports it.
  private volatile @Nullable Epoch next;

  Epoch(CircuitBreaker breaker, State state, String why) {
    this.breaker = breaker;
    this.state = state;
    this.why = why;
  }

  /**
   * A permit; null for a refusal; {@link MovedOn} if it matters that the breaker has left this
   * epoch.
   */
  abstract @Nullable Permit admit();

  /** Why {@link #admit} gave none. */
  RejectedException refusal() {
    throw new IllegalStateException("no call was rejected while " + state);
  }

  /** What {@link CircuitBreaker#failureCount} says. */
  abstract int failures();

  /** Whether forgetting the breaker now would make no difference that matters. */
  abstract boolean isIdle();

  /** Returns what {@link CircuitBreaker#state} says: the state by the clock. */
  State stateNow() {
    return state;
  }

  /** Returns a lower bound of the time until a call is granted; 0 if there is none. */
  long nanosToWait() {
    return 0;
  }

  /** Appends what {@code toString} shows of this epoch alone. Does not read the clock. */
  abstract void describe(StringBuilder text);

  /** Drops what only the breaker's present epoch may hold: a permit may keep this one for ever. */
  void leave(Epoch successor) {}

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
