package io.asynctools.api.spi;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Permit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Ending: a call is over while its permit is told of the ending; the second of the two ends it. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "The permit was ended, once.")
@State
public class ToldAgainstOver {
  private final AtomicInteger ends = new AtomicInteger();
  private final Permit permit = ends::incrementAndGet;
  private final Ending ending = new Ending(null);

  @Actor
  public void tell() {
    ending.tell(permit);
  }

  @Actor
  public void over() {
    ending.over(permit);
  }

  @Arbiter
  public void ends(I_Result r) {
    r.r1 = ends.get();
  }
}
