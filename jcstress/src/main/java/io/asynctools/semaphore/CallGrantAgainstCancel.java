package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Waiter, CallFuture: a call that waits is cancelled while it is granted its permit, told so, and
 * started. Wherever in that the cancel comes, the permit is free afterwards.
 */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "The permit is free.")
@State
public class CallGrantAgainstCancel {
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  private final Permit permit = semaphore.tryAcquire().orElseThrow();
  private final CompletableFuture<String> call = semaphore.execute(CompletableFuture::new);

  @Actor
  public void release() {
    permit.release();
  }

  @Actor
  public void cancel() {
    call.cancel(false);
  }

  @Arbiter
  public void free(I_Result r) {
    r.r1 = semaphore.availablePermits();
  }
}
