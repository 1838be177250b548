package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Promises: Look-up. */
@Tag("unit")
class OptionsOfALimiterTest {
  private StrangeLoader loader;

  @BeforeEach
  void openLoader(@TempDir Path dir) throws Exception {
    Path jar = StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("strange.jar"));
    loader = StrangeLoader.of(jar);
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  @ParameterizedTest
  @CsvSource({
    "rat, rate",
    "Rate, rate",
    "maxWait, max-wait",
    "max_wait, max-wait",
    "MAX_WAIT, max-wait",
    "MaxWait, max-wait",
    "max.wait, max-wait",
    "maxwait, max-wait",
    "limitr.rate, limiter.rate",
    "strange.rate, rate",
    "max-waiters, max-wait",
    "halfOpenMaxCalls, half-open-max-calls",
  })
  void anUnknownOptionNamesTheNearestAndAll(String option, String nearest) {
    assertRefused(Map.of(option, "7"))
        .withMessageContainingAll(
            "'strange'",
            "unknown option '" + option + "'",
            "did you mean '" + nearest + "'?",
            "Options of strange: enabled, half-open-max-calls, limiter.*, max-wait, rate");
  }

  @Test
  void anOptionLikeNoOtherIsNotCorrected() {
    assertRefused(Map.of("colour", "red")).withMessageContaining("'colour'. Options of strange: ");
  }

  @Test
  void optionsOfAGroupAreForTheProviderToJudge() {
    assertThat(make(Map.of("limiter.rate", "5/m", "limiter.limiter.anything", "x"))).isNotNull();
  }

  @Test
  void aGroupThatDoesNotExistIsUnknown() {
    assertRefused(Map.of("limitr.rate", "5/m")).withMessageContaining("'limitr.rate'");
    assertRefused(Map.of("rate.rate", "5/m")).withMessageContaining("'rate.rate'");
  }

  @Test
  void aMalformedValueNamesOptionValueAndWhatIsAccepted() {
    assertRefused(Map.of("rate", "fast"))
        .withMessageContainingAll("'strange'", "'rate'", "'fast'", "100/s");
  }

  @Test
  void anUnknownOptionAndAWrongValueAreBothReported() {
    assertRefused(Map.of("rate", "fast", "rats", "5/m"))
        .withMessageContainingAll("'rats'", "'fast'");
  }

  @Test
  void whatTheBuilderRefusesIsSaidInTheWordsOfTheConfiguration() {
    assertRefused(Map.of("max-wait", "PT-1S"))
        .withMessage("limiter 'strange': max-wait must not be negative, was PT-1S")
        .withCauseExactlyInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onlyWholeNamesOfOptionsAreTranslated() {
    assertRefused(Map.of("half-open-max-calls", "-1"))
        .withMessage(
            "limiter 'strange': half-open-max-calls must be at least 1, was -1"
                + " (maxWaiters is no option)");
  }

  @Test
  void aBuilderThatRefusesWithoutAWordIsStillNamed() {
    assertRefused(Map.of("half-open-max-calls", "0"))
        .withMessageContainingAll("'strange'", "IllegalArgumentException");
  }

  private AsyncRateLimiter make(Map<String, String> options) {
    return InContext.of(loader, () -> Limiters.rateLimiter("strange", options));
  }

  private ThrowableAssertAlternative<LimiterConfigException> assertRefused(
      Map<String, String> options) {
    return assertThatExceptionOfType(LimiterConfigException.class).isThrownBy(() -> make(options));
  }
}
