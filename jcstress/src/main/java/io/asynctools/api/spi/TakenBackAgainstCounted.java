package io.asynctools.api.spi;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** SlidingCounter: an atomic addition and a compare-and-set of the same word lose nothing. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "One was counted, one taken back.")
@State
public class TakenBackAgainstCounted {
  private final SlidingCounter counter = new SlidingCounter(4, 2);

  public TakenBackAgainstCounted() {
    counter.add(0, 1);
  }

  @Actor
  public void count() {
    counter.add(0, 1);
  }

  @Actor
  public void takeBack() {
    counter.add(0, -1);
  }

  @Arbiter
  public void sum(J_Result r) {
    r.r1 = counter.sum(0);
  }
}
