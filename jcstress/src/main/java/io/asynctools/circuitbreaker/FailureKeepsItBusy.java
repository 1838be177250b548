package io.asynctools.circuitbreaker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.asynctools.api.Permit;
import io.asynctools.jcstress.CountedTime;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** ConsecutiveEpoch: who sees that a failure counts sees when that was, so it is not idle. */
@JCStressTest
@Outcome(id = "0, true", expect = ACCEPTABLE, desc = "Both before the failure.")
@Outcome(id = "0, false", expect = ACCEPTABLE, desc = "The failure came between.")
@Outcome(id = "1, false", expect = ACCEPTABLE, desc = "Both after it.")
@Outcome(id = "1, true", expect = FORBIDDEN, desc = "It counts, and may be forgotten.")
@State
public class FailureKeepsItBusy {
  private static final Exception FAILURE = new Exception("the callee is down");

  private final CircuitBreaker breaker;
  private final Permit permit;

  public FailureKeepsItBusy() {
    CountedTime time = new CountedTime();
    time.now = Duration.ofDays(1).toNanos();
    breaker = CircuitBreaker.builder().logLevel(System.Logger.Level.OFF).timeSource(time).build();
    permit = breaker.tryAcquire().orElseThrow();
  }

  @Actor
  public void fail() {
    permit.recordFailure(FAILURE);
  }

  @Actor
  public void look(IZ_Result r) {
    r.r1 = breaker.failureCount();
    r.r2 = breaker.isIdle();
  }
}
