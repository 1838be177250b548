package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Keys: two use a new key at once; the factory runs once, and both use the one limiter. */
@JCStressTest
@Outcome(id = "true, false, 1", expect = ACCEPTABLE, desc = "The one has its permit.")
@Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "The other has it.")
@State
public class OneLimiterForAKey {
  private final AtomicInteger made = new AtomicInteger();
  private final PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
      PerKeyRateLimiter.builder()
          .maxKeys(10)
          .build(
              key -> {
                made.incrementAndGet();
                return SemaphoreRateLimiter.builder(1).build();
              });

  @Actor
  public void one(ZZI_Result r) {
    r.r1 = keys.forKey("key").tryAcquire().isPresent();
  }

  @Actor
  public void other(ZZI_Result r) {
    r.r2 = keys.forKey("key").tryAcquire().isPresent();
  }

  @Arbiter
  public void count(ZZI_Result r) {
    r.r3 = made.get();
  }
}
