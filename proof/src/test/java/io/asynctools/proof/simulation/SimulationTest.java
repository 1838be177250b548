package io.asynctools.proof.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of clients against each strategy, in seeded disorder: some seeds that are always the
 * same and some fresh ones. {@code -Dscenario=… -Dseed=…} repeats one; a failure says which.
 */
@Tag("unit")
class SimulationTest {
  static final Map<String, Function<World, Scenario>> SCENARIOS = new LinkedHashMap<>();

  static {
    SCENARIOS.put("token-bucket", TokenBucketScenario::new);
    SCENARIOS.put("semaphore", SemaphoreScenario::new);
    SCENARIOS.put("circuit-breaker", BreakerScenario::new);
    SCENARIOS.put("retry", RetryScenario::new);
    SCENARIOS.put("stack", StackScenario::new);
    SCENARIOS.put("buckets-per-key", PerKeyScenario::ofBuckets);
    SCENARIOS.put("semaphores-per-key", PerKeyScenario::ofSemaphores);
  }

  private static final int FIXED = 10;
  private static final int FRESH = 20;

  static Iterable<String> scenarios() {
    String chosen = System.getProperty("scenario");
    return chosen == null ? SCENARIOS.keySet() : java.util.List.of(chosen);
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyPromiseHoldsAtEveryStep(String name) {
    Function<World, Scenario> scenario = SCENARIOS.get(name);
    String seed = System.getProperty("seed");
    if (seed != null) {
      Simulation.run(name, Long.parseLong(seed), scenario);
      return;
    }
    int runs = Integer.getInteger("seeds", FRESH);
    for (int i = 0; i < FIXED; i++) {
      Simulation.run(name, i, scenario);
    }
    Random seeds = new Random();
    for (int i = 0; i < runs; i++) {
      Simulation.run(name, seeds.nextLong(), scenario);
    }
  }
}
