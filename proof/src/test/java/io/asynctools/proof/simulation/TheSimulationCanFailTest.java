package io.asynctools.proof.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

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
  private static final long SEEDS = 10;

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
        .contains("-Dscenario=broken -Dseed=")
        .contains("What happened last");
  }

  private static Function<World, Scenario> bucket(UnaryOperator<AsyncRateLimiter> breakage) {
    return world -> new TokenBucketScenario(world, breakage);
  }

  private static Function<World, Scenario> semaphore(UnaryOperator<AsyncRateLimiter> breakage) {
    return world -> new SemaphoreScenario(world, breakage);
  }

  /** What the first seed says that finds something; a few are enough. */
  private static String failure(Function<World, Scenario> scenario) {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        Simulation.run("broken", seed, scenario);
      } catch (AssertionError e) {
        assertThat(e).hasMessageContaining(Simulation.command("broken", seed));
        return e.getMessage();
      }
    }
    return fail("%d seeds found nothing", SEEDS);
  }
}
