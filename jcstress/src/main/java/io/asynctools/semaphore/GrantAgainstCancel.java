package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** Waiter: a grant that races with a cancel is delivered or given back, never both or neither. */
@JCStressTest
@Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "Cancelled, and the permit is free.")
@Outcome(id = "false, 0", expect = ACCEPTABLE, desc = "Granted, and it is taken.")
@State
public class GrantAgainstCancel {
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  private final Permit permit = semaphore.tryAcquire().orElseThrow();
  private final CompletableFuture<Permit> waiter = semaphore.acquire();

  @Actor
  public void release() {
    permit.release();
  }

  @Actor
  public void cancel(ZI_Result r) {
    r.r1 = waiter.cancel(false);
  }

  @Arbiter
  public void free(ZI_Result r) {
    r.r2 = semaphore.availablePermits();
  }
}
