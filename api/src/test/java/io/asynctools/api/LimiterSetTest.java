package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class LimiterSetTest {
  private final List<String> journal = new ArrayList<>();
  private StrangeLoader loader;

  @BeforeEach
  void openLoader(@TempDir Path dir) throws Exception {
    loader =
        StrangeLoader.of(
            StrangeLoader.jar()
                .provider(StrangeProvider.class)
                .provider(StrangeProviders.Keyed.class)
                .provider(StrangeProviders.Policy.class)
                .in(dir.resolve("strange.jar")));
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  @Test
  void everyLimitIsMadeOnceAndGoesByItsName() {
    LimiterSet set =
        load(Map.of("payments.type", "strange", "payments.rate", "5/m", "mail.type", " strange "));

    assertThat(set.rateLimiter("payments").name()).isEqualTo("payments");
    assertThat(set.rateLimiter("payments")).isSameAs(set.rateLimiter("payments"));
    assertThat(set.policy("payments")).isSameAs(set.rateLimiter("payments"));
    assertThat(set.rateLimiter("mail")).isNotSameAs(set.rateLimiter("payments"));
  }

  @Test
  void theNamesAreSortedAndCannotBeChanged() {
    LimiterSet set =
        load(Map.of("b.type", "strange", "c.type", "strange-keyed", "a.type", "strange"));

    assertThat(set.names()).containsExactly("a", "b", "c");
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> set.names().remove("a"));
  }

  @Test
  void noLimitsAreASetToo() {
    try (LimiterSet set = load(Map.of())) {
      assertThat(set.names()).isEmpty();
      assertThatExceptionOfType(LimiterConfigException.class)
          .isThrownBy(() -> set.policy("payments"))
          .withMessageContainingAll("'payments'", "Limits: none");
    }
  }

  @Test
  void optionsOfAGroupKeepTheirDots() {
    assertThat(load(Map.of("a.type", "strange", "a.limiter.rate", "5/m")).names())
        .containsExactly("a");
  }

  /** Promises: Look-up. */
  @Test
  void aLimitOfTheWrongKindSaysHowToGetIt() {
    LimiterSet set =
        load(
            Map.of(
                "plain.type", "strange", "keys.type", "strange-keyed", "p.type", "strange-policy"));

    assertThat(set.keyed("keys").forKey("a").name()).isEqualTo("key a");
    assertThat(set.policy("p").name()).isEqualTo("a > b");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> set.rateLimiter("keys"))
        .withMessageContainingAll("'keys'", "KeyedRateLimiter", "not AsyncRateLimiter", "keyed(…)");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> set.policy("keys"))
        .withMessageContainingAll("'keys'", "KeyedRateLimiter", "not AsyncPolicy", "keyed(…)");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> set.keyed("plain"))
        .withMessageContainingAll("'plain'", "AsyncRateLimiter", "rateLimiter(…)");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> set.rateLimiter("p"))
        .withMessageContainingAll("'p'", "AsyncPolicy", "policy(…)");
  }

  /** Promises: Look-up. */
  @Test
  void anUnknownLimitNamesTheNearestAndAll() {
    LimiterSet set = load(Map.of("payments.type", "strange", "mail.type", "strange"));

    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> set.rateLimiter("payment"))
        .withMessage(
            "no limit is called 'payment'; did you mean 'payments'? Limits: mail, payments");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> set.rateLimiter("x"))
        .withMessage("no limit is called 'x'. Limits: mail, payments");
    assertThatNullPointerException().isThrownBy(() -> set.policy(null));
  }

  /** Promises: Look-up. */
  @Test
  void aMissingTypeIsNamedWithTheTypesThereAre() {
    assertNotLoaded(Map.of("payments.rate", "5/m"))
        .withMessageContainingAll(
            "'payments.type' is missing",
            "'payments.rate'",
            "strange, strange-keyed, strange-policy");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rate", "", ".", ".rate", " .rate", "payments."})
  void aKeyThatIsNotOfALimitAndAnOptionIsRefused(String key) {
    assertNotLoaded(Map.of(key, "5/m", "a.type", "strange"))
        .withMessageNotContaining("5/m")
        .withMessageContainingAll("'" + key + "'", "<limit>.<option>", "payments.rate");
  }

  /** Promises: Look-up. */
  @ParameterizedTest
  @ValueSource(strings = {"strangr", ""})
  void anUnknownTypeSaysWhichLimitHasIt(String type) {
    assertNotLoaded(Map.of("payments.type", type))
        .withMessageContainingAll("'payments'", "'" + type + "'", "Present: strange");
  }

  /** Promises: Look-up. */
  @Test
  void aWrongOptionSaysWhichLimitHasIt() {
    assertNotLoaded(Map.of("payments.type", "strange", "payments.rat", "5/m"))
        .withMessageContainingAll("'payments'", "'rat'", "did you mean 'rate'?");
    assertNotLoaded(Map.of("payments.type", "strange", "payments.rate", "five"))
        .withMessageContainingAll("'payments'", "'rate'", "'five'", "100/s");
    assertNotLoaded(Map.of("payments.type", "strange", "payments.max-wait", "PT-1S"))
        .withMessageContainingAll("'payments'", "max-wait", "PT-1S");
  }

  @Test
  void aFailureClosesThoseAlreadyMade() {
    assertNotLoaded(
            Map.of("a.type", "strange", "b.type", "strange", "c.type", "strange", "c.rate", "x"))
        .withMessageContaining("'c'");

    assertThat(journal).containsExactly("closed a", "closed b");
  }

  @Test
  void aLimitThatWillNotBeClosedKeepsNoOtherOpen() {
    assertNotLoaded(
            Map.of(
                "a.type", "strange", "grumpy.type", "strange", "h.type", "strange", "z.type", "x"))
        .withMessageContaining("'z'");

    assertThat(journal).containsExactly("closed a", "closed grumpy", "closed h");
  }

  @Test
  void closingClosesAll() {
    LimiterSet set =
        load(
            Map.of(
                "a.type", "strange",
                "grumpy.type", "strange",
                "k.type", "strange-keyed",
                "p.type", "strange-policy",
                "z.type", "strange"));

    set.close();

    assertThat(journal).containsExactly("closed a", "closed grumpy", "closed z");
    assertThat(set.rateLimiter("a").tryAcquire()).isEmpty();
  }

  /** Promises: Look-up. */
  @Test
  void aMisspeltLimitOrTypeIsCorrected() {
    assertNotLoaded(Map.of("payments.type", "strange", "paymets.rate", "5/m"))
        .withMessageContainingAll(
            "'paymets.type' is missing", "'paymets.rate'", "did you mean 'payments.rate'?");
    assertNotLoaded(Map.of("payments.type", "STRANGE_KEYED"))
        .withMessageContaining("did you mean 'strange-keyed'?");
  }

  @Test
  void onlyWhatIsUnderThePrefixIsRead() {
    Map<String, String> properties =
        Map.of(
            "app.limits.payments.type", "strange",
            "app.limits.payments.rate", "5/m",
            "app.limits", "x",
            "app.limitsother.type", "x",
            "server.port", "8080",
            "user", "x");
    for (String prefix : List.of("app.limits", "app.limits.")) {
      LimiterSet set =
          InContext.of(
              loader, () -> Limiters.load(properties, prefix, LimiterEnvironment.system()));
      assertThat(set.names()).containsExactly("payments");
      assertThat(set.rateLimiter("payments").name()).isEqualTo("payments");
    }
  }

  /** Promises: Look-up. */
  @Test
  void underAPrefixErrorsNameTheFullProperty() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(
            () ->
                InContext.of(
                    loader,
                    () ->
                        Limiters.load(
                            Map.of(
                                "app.limits.a.type", "strange",
                                "app.limits.a.rat", "5/m",
                                "app.limits.a.rate", "fast",
                                "app.limits.b.rate", "5/m",
                                "app.limits.c.type", "strange",
                                "app.limits.c.max-wait", "PT-1S",
                                "app.limits.lonely", "x"),
                            "app.limits",
                            LimiterEnvironment.system())))
        .withMessageContainingAll(
            "limiter 'a': unknown option 'app.limits.a.rat'; did you mean 'app.limits.a.rate'?",
            "limiter 'a': option 'app.limits.a.rate' cannot be 'fast'",
            "'app.limits.b.type' is missing, so 'app.limits.b.rate' has no limiter",
            "limiter 'c': app.limits.c.max-wait must not be negative",
            "property 'app.limits.lonely' is not app.limits.<limit>.type");
  }

  private LimiterSet load(Map<String, String> properties) {
    LimiterEnvironment environment =
        LimiterEnvironment.system().withExecutor(note -> journal.add(note.toString()));
    return InContext.of(loader, () -> Limiters.load(properties, environment));
  }

  private ThrowableAssertAlternative<LimiterConfigException> assertNotLoaded(
      Map<String, String> properties) {
    return assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> load(properties));
  }
}
