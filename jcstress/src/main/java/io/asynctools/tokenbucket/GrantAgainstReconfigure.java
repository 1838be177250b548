package io.asynctools.tokenbucket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Rate;
import io.asynctools.jcstress.CountedTime;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * TokenBucketRateLimiter: {@code rule} and {@code issued} are two fields that belong together; no
 * grant counts against one of before and one of after a change, and none is lost by it.
 */
@JCStressTest
@Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "Two of five were granted.")
@State
public class GrantAgainstReconfigure {
  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(Rate.perSecond(3))
          .capacity(9)
          .initialTokens(5)
          .timeSource(new CountedTime())
          .build();

  @Actor
  public void take(JJ_Result r) {
    bucket.tryAcquire(2);
    r.r1 = bucket.availableTokens();
  }

  @Actor
  public void reconfigure() {
    bucket.reconfigure(Rate.perSecond(7), 8);
  }

  @Arbiter
  public void left(JJ_Result r) {
    r.r2 = bucket.availableTokens();
  }
}
