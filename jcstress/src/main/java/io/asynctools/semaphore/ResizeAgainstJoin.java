package io.asynctools.semaphore;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Line: the limit is raised while somebody joins; nobody stays behind who fits now. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Both have their permits.")
@State
public class ResizeAgainstJoin {
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  private final Permit permit = semaphore.tryAcquire().orElseThrow();
  private final CompletableFuture<Permit> first = semaphore.acquire();
  private CompletableFuture<Permit> second;

  @Actor
  public void join() {
    second = semaphore.acquire();
  }

  @Actor
  public void resize() {
    semaphore.resize(3);
  }

  @Arbiter
  public void areGranted(ZZ_Result r) {
    r.r1 = first.isDone();
    r.r2 = second.isDone();
  }
}
