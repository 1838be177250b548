package io.asynctools.retry;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The other Lincheck tests for a second or two, for the ordinary build. */
@Tag("unit")
class ShortLincheckTest {
  @Test
  void aBudget() {
    BudgetLincheckTest.check(few());
  }

  @Test
  void itsFloor() {
    FloorLincheckTest.check(few());
  }

  private static ModelCheckingOptions few() {
    return new ModelCheckingOptions().iterations(2).invocationsPerIteration(50);
  }
}
