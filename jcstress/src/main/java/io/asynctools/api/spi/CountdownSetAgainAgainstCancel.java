package io.asynctools.api.spi;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.jcstress.CountedTime;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * Countdown: a timer that rings too early is set again, while the countdown is called off. Whoever
 * sets a timer then looks at the state; whoever calls off then looks for a timer: none stays set.
 */
@JCStressTest
@Outcome(id = "0", expect = ACCEPTABLE, desc = "No timer is left.")
@Outcome(id = "-1", expect = ACCEPTABLE, desc = "The one that rang was cancelled as well.")
@State
public class CountdownSetAgainAgainstCancel {
  private final CountedTime time = new CountedTime();
  private final Countdown countdown = Countdown.start(time, Runnable::run, 10, () -> {});

  @Actor
  public void early() {
    time.ring();
  }

  @Actor
  public void cancel() {
    countdown.cancel();
  }

  @Arbiter
  public void left(I_Result r) {
    r.r1 = time.timers();
  }
}
