package io.asynctools.circuitbreaker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.jcstress.CountedTime;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * CircuitBreaker: whoever saw the reason for a change in an epoch can only replace that epoch. A
 * failure of a call from before the breaker opened does not open it again once it is half open.
 */
@JCStressTest
@Outcome(id = "CLOSED", expect = ACCEPTABLE, desc = "As the probe says.")
@org.openjdk.jcstress.annotations.State
public class LateOutcomeAgainstProbe {
  private static final Exception FAILURE = new Exception("the callee is down");

  private final CountedTime time = new CountedTime();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .failureThreshold(1)
          .timeout(Duration.ofNanos(10))
          .timeSource(time)
          .build();
  private final Permit late = breaker.tryAcquire().orElseThrow();
  private final Permit probe;

  public LateOutcomeAgainstProbe() {
    breaker.tryAcquire().orElseThrow().recordFailure(FAILURE);
    time.now = 10;
    probe = breaker.tryAcquire().orElseThrow();
  }

  @Actor
  public void fail() {
    late.recordFailure(FAILURE);
  }

  @Actor
  public void succeed() {
    probe.recordSuccess();
  }

  @Arbiter
  public void state(L_Result r) {
    State now = breaker.state();
    r.r1 = now;
  }
}
