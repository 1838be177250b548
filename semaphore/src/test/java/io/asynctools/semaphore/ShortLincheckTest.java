package io.asynctools.semaphore;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The other Lincheck tests for a second or two, for the ordinary build. */
@Tag("unit")
class ShortLincheckTest {
  @Test
  void interleavings() {
    few().threads(2).actorsPerThread(3).check(InterleavingsLincheckTest.class);
  }

  @Test
  void waiters() {
    WaitersLincheckTest.check(few());
  }

  private static ModelCheckingOptions few() {
    return new ModelCheckingOptions()
        .iterations(2)
        .invocationsPerIteration(50)
        .loopBound(10_000); // standing aside is a long loop, but not a hang
  }
}
