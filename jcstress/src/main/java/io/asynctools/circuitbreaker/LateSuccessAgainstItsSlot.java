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
import org.openjdk.jcstress.infra.results.ZL_Result;

/**
 * HalfOpenEpoch: an overdue probe succeeds while the next call takes its slot. The success counts
 * whichever is first, and the next call is granted: as a probe, or by the closed breaker.
 */
@JCStressTest
@Outcome(id = "true, CLOSED", expect = ACCEPTABLE, desc = "The probe has lost its slot at most.")
@org.openjdk.jcstress.annotations.State
public class LateSuccessAgainstItsSlot {
  private final CountedTime time = new CountedTime();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .timeout(Duration.ofNanos(10))
          .timeSource(time)
          .build();
  private final Permit late;

  public LateSuccessAgainstItsSlot() {
    breaker.forceOpen();
    time.now = 10;
    late = breaker.tryAcquire().orElseThrow();
    time.now = 20;
  }

  @Actor
  public void succeed() {
    late.recordSuccess();
  }

  @Actor
  public void next(ZL_Result r) {
    r.r1 = breaker.tryAcquire().isPresent();
  }

  @Arbiter
  public void state(ZL_Result r) {
    State now = breaker.state();
    r.r2 = now;
  }
}
