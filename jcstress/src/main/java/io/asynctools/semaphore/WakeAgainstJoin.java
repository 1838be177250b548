package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * Line: a newcomer publishes itself in {@code waiters} before the rule is asked for it, and a
 * release changes the state before it looks at {@code waiters}; one of the two sees the other.
 */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "The waiter has the permit.")
@State
public class WakeAgainstJoin {
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  private final Permit permit;
  private CompletableFuture<Permit> waiter;

  public WakeAgainstJoin() {
    permit = semaphore.tryAcquire().orElseThrow();
    semaphore.acquire().cancel(false); // so that there is a line
  }

  @Actor
  public void join() {
    waiter = semaphore.acquire();
  }

  @Actor
  public void release() {
    permit.release();
  }

  @Arbiter
  public void isGranted(Z_Result r) {
    r.r1 = waiter.isDone();
  }
}
