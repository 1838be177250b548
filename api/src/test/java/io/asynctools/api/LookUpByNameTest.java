package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
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

/** Promises: Look-up. */
@Tag("unit")
class LookUpByNameTest {
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
  void theNamesArePresentAndSorted() {
    assertThat(within(Limiters::names))
        .containsExactly(
            "lacks-its-driver", "makes-nothing", "strange", "strange-keyed", "strange-policy");
  }

  @Test
  void aNameGivesANewLimiterEachTime() {
    AsyncRateLimiter one = within(() -> Limiters.rateLimiter("strange", Map.of("rate", "5/m")));
    AsyncRateLimiter other = within(() -> Limiters.rateLimiter("strange", Map.of("rate", "5/m")));

    assertThat(one).isNotSameAs(other);
    assertThat(one.name()).isEqualTo("strange");
    assertThat(one.tryAcquire()).isPresent();
  }

  @Test
  void aLimiterGoesByTheNameInItsEnvironment() {
    LimiterEnvironment environment = LimiterEnvironment.system().withName("payments");

    assertThat(within(() -> Limiters.rateLimiter("strange", Map.of(), environment)).name())
        .isEqualTo("payments");
    assertThat(within(() -> Limiters.policy("strange", Map.of(), environment)).name())
        .isEqualTo("payments");
  }

  @Test
  void everyKindIsFoundByItsOwnMethod() {
    assertThat(within(() -> Limiters.keyed("strange-keyed", Map.of())).forKey("a").name())
        .isEqualTo("key a");
    assertThat(within(() -> Limiters.policy("strange-policy", Map.of())).name()).isEqualTo("a > b");
    assertThat(within(() -> Limiters.policy("strange", Map.of())))
        .isInstanceOf(AsyncRateLimiter.class);
  }

  @ParameterizedTest
  @CsvSource({
    "strange-keyed, KeyedRateLimiter, keyed(…)",
    "strange-policy, AsyncPolicy, policy(…)",
  })
  void theWrongKindIsNamedWithTheMethodToUse(String name, String is, String method) {
    assertRefused(() -> Limiters.rateLimiter(name, Map.of()))
        .withMessageContainingAll(
            "'" + name + "'", "of type " + is, "not AsyncRateLimiter", method);
  }

  @Test
  void aLimiterWithoutKeysIsNotKeyed() {
    assertRefused(() -> Limiters.keyed("strange", Map.of()))
        .withMessageContainingAll(
            "of type AsyncRateLimiter", "not KeyedRateLimiter", "rateLimiter(…)");
  }

  @Test
  void aKeyedLimiterIsNoPolicy() {
    assertRefused(() -> Limiters.policy("strange-keyed", Map.of()))
        .withMessageContainingAll("of type KeyedRateLimiter", "not AsyncPolicy", "keyed(…)");
  }

  @Test
  void anUnknownNameListsWhatIsPresentAndTheNearest() {
    assertRefused(() -> Limiters.rateLimiter("strangr", Map.of()))
        .withMessageContainingAll(
            "'strangr'",
            "did you mean 'strange'?",
            "Present: lacks-its-driver, makes-nothing, strange, strange-keyed, strange-policy");
  }

  @ParameterizedTest
  @CsvSource({
    "token-bucket, async-tools-token-bucket",
    "semaphore, async-tools-semaphore",
    "per-key, async-tools-per-key",
    "circuit-breaker, async-tools-circuit-breaker",
    "retry, async-tools-retry",
  })
  void oneOfOursThatIsNotPresentNamesItsArtifact(String name, String artifact) {
    assertRefused(() -> Limiters.policy(name, Map.of()))
        .withMessageContainingAll(
            "'" + name + "'", "add io.asynctools:" + artifact + " to", "Present: lacks-its-driver");
  }

  @Test
  void oneOfOursIsSuggestedThoughItIsNotPresent() {
    assertRefused(() -> Limiters.rateLimiter("tokenBucket", Map.of()))
        .withMessageContaining("did you mean 'token-bucket'?");
  }

  @Test
  void aNameLikeNoOtherIsNotCorrected() {
    assertRefused(() -> Limiters.rateLimiter("xyz", Map.of()))
        .withMessageStartingWith("no limiter is called 'xyz'. Present: ");
  }

  @Test
  void whereNothingIsPresentTheMessageSaysWhatToAdd() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> InContext.of(null, () -> Limiters.rateLimiter("mine", Map.of())))
        .withMessageContainingAll("'mine'", "Present: none", "async-tools-token-bucket");
  }

  @Test
  void anUnknownNameSaysWhichLimiterWasToBeMade() {
    LimiterEnvironment environment = LimiterEnvironment.system().withName("payments");

    assertRefused(() -> Limiters.rateLimiter("strangr", Map.of(), environment))
        .withMessageStartingWith("limiter 'payments': no limiter is called 'strangr'");
  }

  @Test
  void aProviderThatMakesNothingIsNamed() {
    assertRefused(() -> Limiters.rateLimiter("makes-nothing", Map.of()))
        .withMessageContainingAll(
            "'makes-nothing'", StrangeProviders.MakesNothing.class.getName(), "made null");
  }

  @Test
  void aProviderThatLacksAClassIsNamedWithIt() {
    assertRefused(() -> Limiters.rateLimiter("lacks-its-driver", Map.of()))
        .withMessageContainingAll(
            "'lacks-its-driver'",
            StrangeProviders.LacksItsDriver.class.getName(),
            "com/example/Driver");
  }

  @Test
  void nullIsRefusedBeforeAnythingIsMade() {
    LimiterEnvironment environment = LimiterEnvironment.system();
    assertThatNullPointerException().isThrownBy(() -> Limiters.rateLimiter(null, Map.of()));
    assertThatNullPointerException().isThrownBy(() -> Limiters.keyed("x", null));
    assertThatNullPointerException().isThrownBy(() -> Limiters.policy("x", Map.of(), null));
    assertThatNullPointerException().isThrownBy(() -> Limiters.load(null));
    assertThatNullPointerException().isThrownBy(() -> Limiters.load(Map.of(), null));
    assertThatNullPointerException().isThrownBy(() -> Limiters.load(null, environment));
  }

  private <T> T within(Supplier<T> action) {
    return InContext.of(loader, action);
  }

  private ThrowableAssertAlternative<LimiterConfigException> assertRefused(Supplier<?> action) {
    return assertThatExceptionOfType(LimiterConfigException.class).isThrownBy(() -> within(action));
  }
}
