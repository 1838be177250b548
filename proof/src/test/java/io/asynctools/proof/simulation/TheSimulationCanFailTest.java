package io.asynctools.proof.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.asynctools.api.AsyncRateLimiter;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A simulation that could not fail would prove nothing: limiters that break a promise are found.
 */
@Tag("unit")
class TheSimulationCanFailTest {
  private static final long SEED = 1;

  @Test
  void aBucketThatGrantsTooMuchIsFound() {
    assertThat(failure(bucket(BrokenLimiters::generous))).containsAnyOf("too many", "overtook");
  }

  @Test
  void aSemaphoreThatGrantsTooMuchIsFound() {
    assertThat(failure(semaphore(BrokenLimiters::generous)))
        .containsAnyOf("permits out", "overtook", "free and");
  }

  @Test
  void aWaiterThatIsForgottenIsFound() {
    assertThat(failure(semaphore(BrokenLimiters::forgetful)))
        .containsAnyOf("never hears", "limiter knows of", "free and");
    assertThat(failure(bucket(BrokenLimiters::forgetful)))
        .containsAnyOf("never hears", "limiter knows of");
  }

  @Test
  void aPermitThatDoesNotComeBackIsFound() {
    assertThat(failure(semaphore(BrokenLimiters::leaking))).containsAnyOf("free and", "came back");
  }

  @Test
  void aLimiterThatDoesNotHearOfLeavingIsFound() {
    assertThat(failure(semaphore(BrokenLimiters::deaf)))
        .containsAnyOf("limiter knows of", "free and", "came back");
  }

  @Test
  void keysThatAreForgottenTooEarlyAreFound() {
    assertThat(failure(PerKeyScenario::ofForgetfulBuckets)).containsAnyOf("too many");
    assertThat(failure(PerKeyScenario::ofForgetfulSemaphores))
        .containsAnyOf("permits out", "free and");
  }

  @Test
  void aSeedIsOneHistory() {
    String once = failure(bucket(BrokenLimiters::generous));
    assertThat(failure(bucket(BrokenLimiters::generous))).isEqualTo(once);
  }

  @Test
  void aFailureSaysHowToRepeatIt() {
    assertThat(failure(bucket(BrokenLimiters::generous)))
        .contains(Simulation.command("broken", SEED))
        .contains("What happened last");
  }

  private static Function<World, Scenario> bucket(UnaryOperator<AsyncRateLimiter> breakage) {
    return world -> new TokenBucketScenario(world, breakage);
  }

  private static Function<World, Scenario> semaphore(UnaryOperator<AsyncRateLimiter> breakage) {
    return world -> new SemaphoreScenario(world, breakage);
  }

  private static String failure(Function<World, Scenario> scenario) {
    AssertionError error =
        catchThrowableOfType(AssertionError.class, () -> Simulation.run("broken", SEED, scenario));
    assertThat(error).as("what the simulation found").isNotNull();
    return error.getMessage();
  }
}
