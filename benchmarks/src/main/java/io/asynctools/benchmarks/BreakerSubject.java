package io.asynctools.benchmarks;

import java.time.Duration;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A circuit breaker, ours or a peer's, that is closed and stays so. */
public abstract class BreakerSubject extends ContendedSubject {
  static final int WINDOW = 100;
  static final Duration TIME_WINDOW = Duration.ofSeconds(10);
  static final int MINIMUM_CALLS = 10;

  /** One half, in per cent as the peers want it. */
  static final int FAILURE_RATE = 50;

  /** Each thread has 99 successes between two failures, so no hundred of them meet. */
  static final int IN_A_ROW = 100;

  /** How a call fails; shared, since making one is not the breaker's work. */
  static final Exception ERROR = new Exception("a failed call");

  /** A permission and a success; false if it was refused. */
  abstract boolean succeed();

  /** A permission and a failure; false if it was refused. */
  abstract boolean fail();

  abstract boolean isClosed();

  @Override
  final boolean isOnPath() {
    return succeed() && isClosed();
  }

  /** A thread's outcomes, where every hundredth is a failure. */
  @State(Scope.Thread)
  public static class Outcomes {
    private int calls;

    boolean isNextFailure() {
      if (++calls < 100) {
        return false;
      }
      calls = 0;
      return true;
    }
  }
}
