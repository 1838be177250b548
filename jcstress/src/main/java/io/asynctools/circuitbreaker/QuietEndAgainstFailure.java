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
 * BreakerPermit: a success that changes nothing ends its permit by an opaque write. A failure of
 * the same call at the same time counts once or not at all, and of one after both nothing counts.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It has succeeded.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It has failed.")
@State
public class QuietEndAgainstFailure {
  private static final Exception FAILURE = new Exception("the callee is down");

  private final CircuitBreaker breaker =
      CircuitBreaker.builder().logLevel(System.Logger.Level.OFF).build();
  private final Permit permit = breaker.tryAcquire().orElseThrow();

  @Actor
  public void succeed() {
    permit.recordSuccess();
  }

  @Actor
  public void fail() {
    permit.recordFailure(FAILURE);
  }

  @Arbiter
  public void count(II_Result r) {
    r.r1 = breaker.failureCount();
    permit.recordFailure(FAILURE);
    r.r2 = breaker.failureCount();
  }
}
