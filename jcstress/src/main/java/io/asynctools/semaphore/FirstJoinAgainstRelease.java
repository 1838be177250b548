package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * RateLimiterBase: the line is made by whoever is refused first, once, and a release that comes
 * meanwhile sees it or is seen.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "One has the permit, the other waits for it.")
@State
public class FirstJoinAgainstRelease {
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  private final Permit permit = semaphore.tryAcquire().orElseThrow();
  private CompletableFuture<Permit> one;
  private CompletableFuture<Permit> other;

  @Actor
  public void one() {
    one = semaphore.acquire();
  }

  @Actor
  public void releaseAndJoin() {
    permit.release();
    other = semaphore.acquire();
  }

  @Arbiter
  public void count(II_Result r) {
    r.r1 = (one.isDone() ? 1 : 0) + (other.isDone() ? 1 : 0);
    r.r2 = semaphore.waiters();
  }
}
