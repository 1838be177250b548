package io.asynctools.api;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** CoarseTime: one who has seen another's reading reads no earlier one, across ticks and marks. */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "Time goes on for both.")
@State
public class CoarseClockNeverGoesBack {
  private static final TimeSource CLOCK = TimeSource.coarse(Duration.ofNanos(100_000));

  private volatile long seen = Long.MIN_VALUE;

  @Actor
  public void one(ZZ_Result r) {
    long first = CLOCK.nanoTime();
    seen = first;
    r.r1 = CLOCK.nanoTime() >= first;
  }

  @Actor
  public void other(ZZ_Result r) {
    long others = seen;
    r.r2 = CLOCK.nanoTime() >= others;
  }
}
