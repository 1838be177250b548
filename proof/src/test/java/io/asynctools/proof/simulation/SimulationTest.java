package io.asynctools.proof.simulation;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of clients against each strategy, in seeded disorder: some seeds that are always the
 * same, and some fresh ones. {@code -Dscenario=… -Dseed=…} repeats one of a failure, which says so;
 * {@code -Dseeds=…} runs more of them.
 *
 * <p>Promises: All 1, All 2, All 3, All 5, All 6, All 7, All 8, All 14, Token bucket 1, Token
 * bucket 5, Semaphore 1, Semaphore 2, Per key 1, Per key 2, Per key 3, Per key 4, Circuit breaker
 * 1, Circuit breaker 2, Circuit breaker 3, Circuit breaker 4, Circuit breaker 6, Retry 1, Retry 2,
 * Retry 3, Retry 4, Retry 5, Retry 7, Composition.
 */
@Tag("unit")
class SimulationTest {
  static final Map<String, Function<World, Scenario>> SCENARIOS =
      new TreeMap<>(
          Map.of(
              "token-bucket", TokenBucketScenario::new,
              "semaphore", SemaphoreScenario::new,
              "circuit-breaker", BreakerScenario::new,
              "retry", RetryScenario::new,
              "stack", StackScenario::new,
              "buckets-per-key", PerKeyScenario::ofBuckets,
              "semaphores-per-key", PerKeyScenario::ofSemaphores));

  private static final int FIXED = 5;
  private static final int FRESH = 10;

  static Iterable<String> scenarios() {
    String chosen = System.getProperty("scenario");
    return chosen == null ? SCENARIOS.keySet() : List.of(chosen);
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyPromiseHoldsAtEveryStep(String name) {
    String seed = System.getProperty("seed");
    if (seed != null) {
      Simulation.run(name, Long.parseLong(seed), SCENARIOS.get(name));
      return;
    }
    for (int i = 0; i < FIXED; i++) {
      Simulation.run(name, i, SCENARIOS.get(name));
    }
    runFresh(name, Integer.getInteger("seeds", FRESH));
  }

  static void runFresh(String name, int seeds) {
    Random fresh = new Random();
    for (int i = 0; i < seeds; i++) {
      Simulation.run(name, fresh.nextLong(), SCENARIOS.get(name));
    }
  }
}
