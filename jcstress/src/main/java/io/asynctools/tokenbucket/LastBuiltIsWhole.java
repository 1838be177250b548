package io.asynctools.tokenbucket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Rate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** LastBuilt: a race for its slot gives each builder what it asked for. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Each has its own.")
@State
public class LastBuiltIsWhole {
  private static final BucketConfig SOME = new BucketConfig(Rate.perSecond(3), 6, 6, 1);
  private static final BucketConfig OTHER = new BucketConfig(Rate.perSecond(5), 7, 7, 1);

  @Actor
  public void one(ZZ_Result r) {
    r.r1 = LastBuilt.rule(SOME).config.equals(SOME);
  }

  @Actor
  public void other(ZZ_Result r) {
    r.r2 = LastBuilt.rule(OTHER).config.equals(OTHER);
  }
}
