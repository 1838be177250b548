package io.asynctools.retry;

import io.asynctools.api.Rate;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A budget's floor under every interleaving that Lincheck tries, with readings of the clock that
 * come out of order: each history is one that a single thread could have seen.
 *
 * <p>Promises: Retry 5.
 */
@Tag("slow")
@Param(name = "elapsed", gen = IntGen.class, conf = "0:4")
public class FloorLincheckTest {
  private final FloorBucket bucket = new FloorBucket(new Rate(3, Duration.ofSeconds(1)));

  @Operation
  public boolean tryTake(@Param(name = "elapsed") int elapsed) {
    return bucket.tryTake(elapsed * 250_000_000L);
  }

  @Test
  void everyInterleavingIsOneThatAThreadAloneCouldHaveSeen() {
    check(new ModelCheckingOptions().iterations(30).invocationsPerIteration(500));
  }

  @Test
  void soIsEveryOneThatAStressTestMeets() {
    check(new StressOptions().iterations(20).invocationsPerIteration(2_000));
  }

  static void check(Options<?, ?> options) {
    options.threads(3).actorsPerThread(3).check(FloorLincheckTest.class);
  }
}
