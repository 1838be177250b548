package io.asynctools.circuitbreaker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import io.asynctools.jcstress.CountedTime;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * TimeWindow: a call is counted before its failure, and failures are summed before calls. Of three
 * good calls and two that fail at once, nobody sees two failures among four.
 */
@JCStressTest
@Outcome(id = "CLOSED", expect = ACCEPTABLE, desc = "A quarter failed, and then two fifths.")
@State
public class RateIsNeverTooHigh {
  private static final Exception FAILURE = new Exception("the callee is down");

  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .timeWindow(Duration.ofSeconds(10))
          .minimumCalls(4)
          .failureRateThreshold(0.45)
          .timeSource(new CountedTime())
          .build();
  private final Permit one;
  private final Permit other;

  public RateIsNeverTooHigh() {
    one = permit();
    other = permit();
    for (int i = 0; i < 3; i++) {
      permit().recordSuccess();
    }
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
  public void state(L_Result r) {
    r.r1 = breaker.state();
  }
}
