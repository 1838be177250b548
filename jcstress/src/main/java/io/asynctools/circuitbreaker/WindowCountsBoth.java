package io.asynctools.circuitbreaker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * CountWindow: the ring is complete but for the outcome that the word still holds, though two
 * record at once and put the last one there: each outcome leaves as what it came.
 */
@JCStressTest
@Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "Both were counted, and both have left.")
@State
public class WindowCountsBoth {
  private static final Exception FAILURE = new Exception("the callee is down");
  private static final int CALLS = 4;

  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .countWindow(CALLS)
          .failureRateThreshold(1)
          .build();
  private final Permit one;
  private final Permit other;

  public WindowCountsBoth() {
    one = permit();
    other = permit();
    permit().recordFailure(FAILURE);
    permit().recordSuccess();
    permit().recordSuccess(); // the next two push the failure out
  }

  private Permit permit() {
    return breaker.tryAcquire().orElseThrow();
  }

  @Actor
  public void one() {
    one.recordFailure(FAILURE);
  }

  @Actor
  public void other() {
    other.recordFailure(FAILURE);
  }

  @Arbiter
  public void count(II_Result r) {
    r.r1 = breaker.failureCount();
    for (int i = 0; i < CALLS; i++) {
      permit().recordSuccess();
    }
    r.r2 = breaker.failureCount();
  }
}
