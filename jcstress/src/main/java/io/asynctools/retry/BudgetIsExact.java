package io.asynctools.retry;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.asynctools.api.Rate;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * RetryBudget: two that meet are never both given what is there for one, and what both were refused
 * is there afterwards: whatever the race, two retries in all, the share's and the floor's.
 */
@JCStressTest
@Outcome(id = "2", expect = ACCEPTABLE, desc = "The share's one, and the floor's.")
@State
public class BudgetIsExact {
  private final RetryBudget budget = RetryBudget.of(1, Rate.perSecond(1));
  private boolean one;
  private boolean other;

  public BudgetIsExact() {
    budget.called(7);
  }

  @Actor
  public void one() {
    one = budget.tryRetry(7);
  }

  @Actor
  public void other() {
    other = budget.tryRetry(7);
  }

  @Arbiter
  public void inAll(I_Result r) {
    int given = (one ? 1 : 0) + (other ? 1 : 0);
    while (budget.tryRetry(7)) {
      given++;
    }
    r.r1 = given;
  }
}
