package io.asynctools.circuitbreaker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.jcstress.CountedTime;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** OpenEpoch: two see the time-out pass; one of them makes the change and is the only probe. */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The one.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "The other.")
@State
public class ProbeIsOne {
  private final CountedTime time = new CountedTime();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .timeout(Duration.ofNanos(10))
          .timeSource(time)
          .build();

  public ProbeIsOne() {
    breaker.forceOpen();
    time.now = 10;
  }

  @Actor
  public void one(ZZ_Result r) {
    r.r1 = breaker.tryAcquire().isPresent();
  }

  @Actor
  public void other(ZZ_Result r) {
    r.r2 = breaker.tryAcquire().isPresent();
  }
}
