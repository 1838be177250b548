package io.asynctools.perkey;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@link EvictionLincheckTest} and {@link KeyTableLincheckTest} for a second or two, for the
 * ordinary build.
 */
@Tag("unit")
class ShortLincheckTest {
  @Test
  void eviction() {
    few()
        .sequentialSpecification(EvictionLincheckTest.OneSemaphore.class)
        .check(EvictionLincheckTest.OverASemaphore.class);
    few()
        .sequentialSpecification(EvictionLincheckTest.OneBucket.class)
        .check(EvictionLincheckTest.OverABucket.class);
  }

  @Test
  void table() {
    few()
        .sequentialSpecification(KeyTableLincheckTest.OneSet.class)
        .check(KeyTableLincheckTest.Table.class);
  }

  private static ModelCheckingOptions few() {
    return new ModelCheckingOptions()
        .iterations(2)
        .invocationsPerIteration(50)
        .loopBound(10_000) // standing aside is a long loop, but not a hang
        .threads(2)
        .actorsPerThread(3);
  }
}
