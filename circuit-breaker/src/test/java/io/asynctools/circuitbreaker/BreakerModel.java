package io.asynctools.circuitbreaker;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import org.jspecify.annotations.Nullable;

/**
 * A breaker that counts failures in a row, as one thread alone would write it, while the time
 * stands still.
 */
public class BreakerModel {
  static final int THREADS = 8;
  static final int THRESHOLD = 2;

  /** A call that runs, admitted in one stay of the breaker in a state. */
  private record Running(int stay) {}

  private final @Nullable Running[] hands = new @Nullable Running[THREADS];
  private State state;
  private boolean due; // OPEN, and the time-out has passed
  private int stay;
  private int failures;
  private int probes;

  BreakerModel(boolean due) {
    this.state = due ? State.OPEN : State.CLOSED;
    this.due = due;
  }

  private void become(State next) {
    state = next;
    due = false;
    stay++;
    probes = 0;
  }

  public boolean hold(int thread) {
    if (hands[thread] != null) {
      return false;
    }
    if (due) {
      become(State.HALF_OPEN);
    }
    if (state == State.OPEN || (state == State.HALF_OPEN && probes > 0)) {
      return false;
    }
    probes++;
    hands[thread] = new Running(stay);
    return true;
  }

  public void succeed(int thread) {
    if (letGo(thread)) {
      failures = 0;
      if (state == State.HALF_OPEN) {
        become(State.CLOSED);
      }
    }
  }

  public void fail(int thread) {
    if (letGo(thread)) {
      failures++;
      if (state == State.HALF_OPEN || failures >= THRESHOLD) {
        become(State.OPEN);
      }
    }
  }

  public void release(int thread) {
    if (letGo(thread)) {
      probes--;
    }
  }

  /** Whether the outcome counts. */
  private boolean letGo(int thread) {
    Running call = hands[thread];
    hands[thread] = null;
    return call != null && call.stay() == stay;
  }

  public void reset() {
    failures = 0;
    become(State.CLOSED);
  }

  public void forceOpen() {
    become(State.OPEN);
  }

  /** By the clock. */
  public State state() {
    return due ? State.HALF_OPEN : state;
  }
}
