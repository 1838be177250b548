package io.asynctools.circuitbreaker;

import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A count window into which threads do nothing but record, some of them asleep for a lap and more.
 * Whatever the interleaving, each outcome leaves as what it came: once good ones have pushed all
 * others out, the window is spotless.
 */
@Tag("slow")
@Param(name = "outcome", gen = IntGen.class, conf = "0:3")
public class DrainedWindowLincheckTest {
  private static final BreakerRule RULE = Rules.slowRate(0.5, 2);
  private static final int SIZE = 2;

  private final CountWindow window = new CountWindow(SIZE, 8);

  @Operation
  public void record(@Param(name = "outcome") int outcome) {
    window.record(outcome, 0, RULE);
  }

  /** Once good outcomes have pushed all others out. */
  @Validate
  public void itIsSpotless() {
    for (int i = 0; i < SIZE; i++) {
      window.record(Window.GOOD, 0, RULE);
    }
    if (!window.isSpotless(0)) {
      throw new IllegalStateException(window.failures(0) + " failures are left, or a slow call");
    }
  }

  @Test
  void eachOutcomeLeavesAsWhatItCame() {
    check(
        new ModelCheckingOptions()
            .iterations(15)
            .invocationsPerIteration(1_500)
            .loopBound(10_000)); // standing aside is a long loop, but not a hang
  }

  @Test
  void soItDoesInAStressTest() {
    check(new StressOptions().iterations(10).invocationsPerIteration(1_000));
  }

  private static void check(Options<?, ?> options) {
    options
        .threads(2)
        .actorsPerThread(5)
        .actorsBefore(2)
        .actorsAfter(1)
        .verifier(EpsilonVerifier.class)
        .check(DrainedWindowLincheckTest.class);
  }
}
