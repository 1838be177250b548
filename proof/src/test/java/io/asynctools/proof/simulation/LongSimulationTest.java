package io.asynctools.proof.simulation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link SimulationTest} with many seeds, all of them fresh. */
@Tag("slow")
class LongSimulationTest {
  private static final int SEEDS = 500;

  @ParameterizedTest
  @MethodSource("io.asynctools.proof.simulation.SimulationTest#scenarios")
  void everyPromiseHoldsAtEveryStep(String name) {
    SimulationTest.runFresh(name, Integer.getInteger("seeds", SEEDS));
  }
}
