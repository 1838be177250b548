package io.asynctools.circuitbreaker;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.jcstress.CountedTime;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Epoch, StateChanges: changes are linked by those who make them and told by whoever is at it, all
 * of them, in order, up to the last. The told fields are plain: turns order them.
 */
@JCStressTest
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "A chain, whose end is the state now.")
@org.openjdk.jcstress.annotations.State
public class ChangesAreToldInOrder {
  private State told = State.CLOSED;
  private boolean inOrder = true;
  private final CircuitBreaker breaker =
      CircuitBreaker.builder()
          .logLevel(System.Logger.Level.OFF)
          .timeSource(new CountedTime())
          .onStateChange(
              (from, to) -> {
                inOrder &= from == told && from != to;
                told = to;
              })
          .build();

  @Actor
  public void openAndClose() {
    breaker.forceOpen();
    breaker.reset();
  }

  @Actor
  public void open() {
    breaker.forceOpen();
  }

  @Arbiter
  public void compare(ZZ_Result r) {
    r.r1 = inOrder;
    r.r2 = told == breaker.state();
  }
}
