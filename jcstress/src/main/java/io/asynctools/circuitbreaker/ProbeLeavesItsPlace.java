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
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * HalfOpenEpoch: a probe that is overdue ends while the next call takes its place from it; the
 * place is given away once, and is not lost.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "The next call has it.")
@Outcome(
    id = "false, true",
    expect = ACCEPTABLE,
    desc = "It came too early, and the place is free.")
@State
public class ProbeLeavesItsPlace {
  private final CountedTime time = new CountedTime();
  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .timeout(Duration.ofNanos(10))
          .timeSource(time)
          .build();
  private final Permit probe;

  public ProbeLeavesItsPlace() {
    breaker.forceOpen();
    time.now = 10;
    probe = breaker.tryAcquire().orElseThrow();
    time.now = 20;
  }

  @Actor
  public void end() {
    probe.release();
  }

  @Actor
  public void next(ZZ_Result r) {
    r.r1 = breaker.tryAcquire().isPresent();
  }

  @Arbiter
  public void isFree(ZZ_Result r) {
    r.r2 = breaker.tryAcquire().isPresent();
  }
}
