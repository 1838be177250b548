package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * SemaphoreRateLimiter: what a thread did before it ended a permit happens before what another does
 * after a grant that needed it.
 */
@JCStressTest
@Outcome(id = "-1", expect = ACCEPTABLE, desc = "Refused.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "Granted, and sees what was done before.")
@State
public class ReleaseHappensBeforeGrant {
  private final SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(1).build();
  private final Permit permit = semaphore.tryAcquire().orElseThrow();
  private int plain;

  @Actor
  public void release() {
    plain = 1;
    permit.release();
  }

  @Actor
  public void take(I_Result r) {
    r.r1 = semaphore.tryAcquire().isPresent() ? plain : -1;
  }
}
