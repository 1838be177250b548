package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Entry: {@code lastUsed} is written opaquely while pinned, and visible to whoever read that unpin;
 * so a limiter used a moment ago is never forgotten as one long idle.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "Used, so it stays.")
@Outcome(id = "false, true", expect = ACCEPTABLE, desc = "Retired before it was used.")
@State
public class LastUseIsSeen {
  private static final SemaphoreRateLimiter IDLE = SemaphoreRateLimiter.builder(1).build();

  private final Entry<String, SemaphoreRateLimiter> entry = new Entry<>("key", 0, null);

  public LastUseIsSeen() {
    entry.become(IDLE);
    entry.touch(0);
    entry.unpin();
  }

  @Actor
  public void use(ZZ_Result r) {
    if (entry.pin()) {
      entry.touch(100);
      entry.unpin();
      r.r1 = true;
    }
  }

  @Actor
  public void retire(ZZ_Result r) {
    r.r2 = entry.retire(100, 50);
  }
}
