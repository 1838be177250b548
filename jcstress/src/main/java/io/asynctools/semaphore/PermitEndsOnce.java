package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** SemaphorePermit: two threads end it, and it gives back once what it took. */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "One permit is out still.")
@State
public class PermitEndsOnce {
  private final SemaphoreRateLimiter semaphore = SemaphoreRateLimiter.builder(3).build();
  private final Permit permit = semaphore.tryAcquire().orElseThrow();
  private final Permit other = semaphore.tryAcquire().orElseThrow();

  @Actor
  public void release() {
    permit.release();
  }

  @Actor
  public void record() {
    permit.recordSuccess();
  }

  @Arbiter
  public void free(I_Result r) {
    r.r1 = semaphore.availablePermits();
  }
}
