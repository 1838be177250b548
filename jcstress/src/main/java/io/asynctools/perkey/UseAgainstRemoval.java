package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Keys: a use of a key against its removal. The permit is had in either order, and the key's slot
 * is had by the next limiter.
 */
@JCStressTest
@Outcome(
    id = "true, false",
    expect = ACCEPTABLE,
    desc = "Removed first: the permit is the new one's.")
@Outcome(
    id = "true, true",
    expect = ACCEPTABLE,
    desc = "Used first: the new one has its permit yet.")
@State
public class UseAgainstRemoval {
  private final PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
      PerKeyRateLimiter.builder()
          .maxKeys(1)
          .keepIdleKeys()
          .build(key -> SemaphoreRateLimiter.builder(1).build());

  public UseAgainstRemoval() {
    keys.forKey("key").tryAcquire().ifPresent(permit -> {}); // never ended: the limiter is busy
    keys.remove("key");
    keys.forKey("key").estimateWait(1); // makes the limiter
  }

  @Actor
  public void use(ZZ_Result r) {
    r.r1 = keys.forKey("key").tryAcquire().isPresent();
  }

  @Actor
  public void remove() {
    keys.remove("key");
  }

  @Arbiter
  public void useAgain(ZZ_Result r) {
    r.r2 = keys.forKey("key").tryAcquire().isPresent();
  }
}
