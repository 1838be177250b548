package io.asynctools.api.spi;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * SlidingCounter: two come first in a new slice, whose word still holds what was counted a window
 * ago; both count, the old does not.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "Both, and nothing old.")
@State
public class FirstOfASlice {
  private final SlidingCounter counter = new SlidingCounter(4, 2);

  public FirstOfASlice() {
    counter.add(0, 1);
    counter.add(0, 1);
  }

  @Actor
  public void one() {
    counter.add(4, 1);
  }

  @Actor
  public void other() {
    counter.add(5, 1);
  }

  @Arbiter
  public void sum(J_Result r) {
    r.r1 = counter.sum(5);
  }
}
