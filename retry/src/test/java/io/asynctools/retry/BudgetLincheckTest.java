package io.asynctools.retry;

import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Calls and retries on one budget, under every interleaving that Lincheck tries. The time stands
 * still. However it went, no more was given than the share of the calls and the floor, and what is
 * left of them afterwards is given then: a race spends nothing.
 *
 * <p>That is asked at the end of each run, and not whether a single thread could have seen the
 * same: two that meet may both be refused what one of them could have had.
 *
 * <p>Promises: Retry 5.
 */
@Tag("slow")
public class BudgetLincheckTest {
  private static final long NOW = Long.MAX_VALUE - 3;
  private static final int FLOOR = 2;

  private final RetryBudget budget = RetryBudget.of(0.5, new Rate(FLOOR, Duration.ofSeconds(1)));
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger retries = new AtomicInteger();

  @Operation
  public void called() {
    calls.incrementAndGet(); // before: one more than the budget knows, never one less
    budget.called(NOW);
  }

  @Operation
  public void tryRetry() {
    if (budget.tryRetry(NOW)) {
      int given = retries.incrementAndGet();
      int most = calls.get() / 2 + FLOOR;
      if (given > most) {
        throw new IllegalStateException(given + " were given of " + most);
      }
    }
  }

  /** What nobody had is there still, and no more. */
  @Validate
  public void theRestIsThere() {
    int given = retries.get();
    int most = calls.get() / 2 + FLOOR;
    while (given <= most && budget.tryRetry(NOW)) {
      given++;
    }
    if (given != most) {
      throw new IllegalStateException(given + " were given of " + most);
    }
  }

  @Test
  void noInterleavingGivesMoreOrLessThanTheBudget() {
    check(
        new ModelCheckingOptions()
            .iterations(40)
            .invocationsPerIteration(500)
            .loopBound(10_000)); // as everywhere: standing aside is a long loop, but not a hang
  }

  @Test
  void norDoesAStressTest() {
    check(new StressOptions().iterations(20).invocationsPerIteration(2_000));
  }

  static void check(Options<?, ?> options) {
    options
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(3)
        .actorsAfter(1)
        .verifier(EpsilonVerifier.class)
        .check(BudgetLincheckTest.class);
  }
}
