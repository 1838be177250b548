package io.asynctools.tokenbucket;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Rate;
import io.asynctools.jcstress.CountedTime;
import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * TokenBucketRateLimiter: the instant that one who is refused leaves behind, without a fence, holds
 * up nobody once the rate was changed.
 */
@JCStressTest
@Outcome(id = "true", expect = ACCEPTABLE, desc = "The new rate's token is granted.")
@State
public class RefusalAgainstReconfigure {
  private final CountedTime time = new CountedTime();
  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(new Rate(1, Duration.ofHours(1)))
          .capacity(1)
          .initialTokens(0)
          .timeSource(time)
          .build();

  @Actor
  public void beRefused() {
    bucket.tryAcquire();
  }

  @Actor
  public void reconfigure() {
    bucket.reconfigure(Rate.perSecond(1_000_000_000), 1);
  }

  @Arbiter
  public void isGrantedNow(Z_Result r) {
    time.now = 2;
    r.r1 = bucket.tryAcquire().isPresent();
  }
}
