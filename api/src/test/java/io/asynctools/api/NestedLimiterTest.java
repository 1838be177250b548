package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Limiters that a strategy makes for itself, as its own configuration says.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class NestedLimiterTest {
  private static final ConfigOption<String> INNER =
      ConfigOption.required("inner", String.class, "what each key has");

  private final List<String> journal = new ArrayList<>(); // what strange limiters say at close
  private StrangeLoader loader;

  @BeforeEach
  void openLoader(@TempDir Path dir) throws Exception {
    loader =
        StrangeLoader.of(
            StrangeLoader.jar()
                .provider(StrangeProvider.class)
                .provider(StrangeProviders.Keyed.class)
                .provider(StrangeProviders.Policy.class)
                .provider(StrangeProviders.MakesNothing.class)
                .provider(StrangeProviders.LacksItsDriver.class)
                .in(dir.resolve("strange.jar")));
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  @Test
  void eachIsANewOneInTheSameEnvironment() {
    Supplier<AsyncRateLimiter> limiters = nested("inner", "strange", "inner.rate", "5/m");
    AsyncRateLimiter one = limiters.get();
    assertThat(one).isNotSameAs(limiters.get());
    assertThat(one.name()).isEqualTo("tenants");
    assertThat(one.tryAcquire()).isPresent();
  }

  /** A provider may look at its options no sooner than it makes something. */
  @Test
  void oneIsMadeOnTrialAndClosedAgain() {
    Supplier<AsyncRateLimiter> limiters = nested("inner", "strange");
    assertThat(journal).containsExactly("closed tenants");
    assertThat(limiters.get().tryAcquire()).as("not the one that was closed").isPresent();
    assertThat(journal).hasSize(1);
  }

  @Test
  void optionsOfTheOuterLimiterAreNotTheInnerOnes() {
    assertThat(nested("inner", "strange", "rate", "nonsense", "innermost.rate", "nonsense"))
        .isNotNull();
  }

  @Test
  void whichHasToBeSaid() {
    assertRefused("inner.rate", "5/m")
        .withMessageContainingAll("'tenants'", "'inner'", "is missing", "what each key has");
  }

  @Test
  void anUnknownNameIsReportedWithItsOption() {
    assertRefused("inner", "strangr")
        .withMessageContainingAll(
            "limiter 'tenants': option 'inner': no limiter is called 'strangr'",
            "did you mean 'strange'?",
            "Present: ");
  }

  @Test
  @Tag("notForMutants") // some of ours are present there
  void oneOfOursThatIsNotPresentNamesItsArtifact() {
    assertRefused("inner", "token-bucket")
        .withMessageContainingAll("option 'inner'", "add io.asynctools:async-tools-token-bucket");
  }

  @ParameterizedTest
  @CsvSource({"strange-keyed, KeyedRateLimiter", "strange-policy, AsyncPolicy"})
  void theWrongKindIsNamed(String name, String is) {
    assertRefused("inner", name)
        .withMessageContainingAll(
            "'tenants'", "option 'inner'", "'" + name + "' is of type " + is, "AsyncRateLimiter");
  }

  @ParameterizedTest
  @CsvSource({
    "inner.rat, inner.rate",
    "inner.maxWait, inner.max-wait",
    "inner.halfOpenMaxCalls, inner.half-open-max-calls",
  })
  void anUnknownOptionIsReportedWithItsFullPathAndTheNearest(String option, String nearest) {
    assertRefused("inner", "strange", option, "7")
        .withMessageContainingAll(
            "'tenants'",
            "unknown option '" + option + "'",
            "did you mean '" + nearest + "'?",
            "Options of strange: inner.enabled, inner.half-open-max-calls, inner.limiter.*, inner.max-wait,"
                + " inner.rate");
  }

  @Test
  void aMalformedValueIsReportedWithItsFullPath() {
    assertRefused("inner", "strange", "inner.rate", "fast")
        .withMessageContainingAll("'tenants'", "'inner.rate'", "'fast'", "100/s");
  }

  @Test
  void anUnknownOptionIsFoundBeforeAValueIsRead() {
    assertRefused("inner", "strange", "inner.rate", "fast", "inner.rats", "5/m")
        .withMessageContaining("'inner.rats'");
  }

  @Test
  void whatTheBuilderRefusesIsSaidInTheWordsOfTheConfigurationWithTheFullPath() {
    assertRefused("inner", "strange", "inner.max-wait", "PT-1S")
        .withMessage("limiter 'tenants': inner.max-wait must not be negative, was PT-1S")
        .withCauseExactlyInstanceOf(IllegalArgumentException.class);
    assertRefused("inner", "strange", "inner.half-open-max-calls", "-1")
        .withMessage(
            "limiter 'tenants': inner.half-open-max-calls must be at least 1, was -1"
                + " (maxWaiters is no option)");
  }

  @Test
  void aProviderThatMakesNothingIsNamedAtOnce() {
    assertRefused("inner", "makes-nothing")
        .withMessageContainingAll(
            "'makes-nothing'", StrangeProviders.MakesNothing.class.getName(), "made null");
  }

  @Test
  void aProviderThatLacksAClassIsNamedAtOnce() {
    assertRefused("inner", "lacks-its-driver")
        .withMessageContainingAll(
            "'tenants'", StrangeProviders.LacksItsDriver.class.getName(), "com/example/Driver");
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> Limiters.nested(null, INNER));
    assertThatNullPointerException()
        .isThrownBy(() -> Limiters.nested(config("inner", "strange"), null));
  }

  private LimiterConfig config(String... namesAndValues) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return LimiterConfig.of(
        "tenants",
        options,
        LimiterEnvironment.system()
            .withName("tenants")
            .withExecutor(task -> journal.add(task.toString())));
  }

  private Supplier<AsyncRateLimiter> nested(String... namesAndValues) {
    return InContext.of(loader, () -> Limiters.nested(config(namesAndValues), INNER));
  }

  private ThrowableAssertAlternative<LimiterConfigException> assertRefused(
      String... namesAndValues) {
    return assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> nested(namesAndValues));
  }
}
