package io.asynctools.perkey;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.semaphore.SemaphoreRateLimiter;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Entry: pins, unpins and the retirement are full fences on one word. One who pinned an entry and
 * took a permit has done so on a limiter that is not forgotten.
 */
@JCStressTest
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "Used, so it stays.")
@Outcome(
    id = "false, true",
    expect = ACCEPTABLE,
    desc = "Retired, so the user asks the table again.")
@State
public class PinAgainstRetire {
  private final Entry<String, SemaphoreRateLimiter> entry = new Entry<>("key", 0, null);

  public PinAgainstRetire() {
    entry.become(SemaphoreRateLimiter.builder(1).build());
    entry.unpin();
  }

  @Actor
  public void use(ZZ_Result r) {
    if (entry.pin()) {
      r.r1 = entry.limiter().tryAcquire().isPresent();
      entry.unpin();
    }
  }

  @Actor
  public void retire(ZZ_Result r) {
    r.r2 = entry.retire(0, 0);
  }
}
