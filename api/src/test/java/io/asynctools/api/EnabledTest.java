package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import io.asynctools.testkit.Logged;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A limit that is switched off in its file.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class EnabledTest {
  private StrangeLoader loader;

  @BeforeEach
  void openLoader(@TempDir Path dir) throws Exception {
    loader =
        StrangeLoader.of(
            StrangeLoader.jar()
                .provider(StrangeProvider.class)
                .provider(StrangeProviders.Keyed.class)
                .provider(StrangeProviders.Policy.class)
                .provider(StrangeProviders.Secretive.class)
                .in(dir.resolve("strange.jar")));
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  private LimiterSet load(Map<String, String> properties) {
    return InContext.of(loader, () -> Limiters.load(properties));
  }

  @Test
  void aLimiterThatIsSwitchedOffGrantsEverything() throws Exception {
    LimiterSet set = load(Map.of("pay.type", "strange", "pay.rate", "1/d", "pay.enabled", "false"));
    AsyncRateLimiter limiter = set.rateLimiter("pay");

    for (int i = 0; i < 100; i++) {
      assertThat(limiter.tryAcquire()).isPresent();
      assertThat(limiter.acquire(Long.MAX_VALUE, Duration.ZERO)).isCompleted();
    }
    assertThat(limiter.call(() -> "called")).isEqualTo("called");
    assertThat(limiter.execute(() -> CompletableFuture.completedFuture(1))).isCompletedWithValue(1);
    assertThat(limiter.estimateWait(1_000)).isZero();
    assertThat(limiter.isIdle()).isTrue();
    assertThat(limiter.name()).isEqualTo("pay");
    assertThat(limiter).hasToString("DisabledLimiter[name=pay, type=strange, state=DISABLED]");
    assertThat(set)
        .hasToString(
            "LimiterSet[limits=1, pay=DisabledLimiter[name=pay, type=strange, state=DISABLED]]");
  }

  @Test
  void closingItEndsItAsAnyOther() {
    LimiterSet set = load(Map.of("pay.type", "strange", "pay.enabled", "false"));
    AsyncRateLimiter limiter = set.rateLimiter("pay");
    set.close();

    assertThat(limiter.tryAcquire()).isEmpty();
    assertThat(limiter.acquire())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(LimiterClosedException.class);
    assertThat(limiter.isIdle()).isFalse();
  }

  @Test
  void everyKeyOfAKeyedLimiterIsGranted() {
    KeyedRateLimiter<String> keyed =
        load(Map.of("pay.type", "strange-keyed", "pay.enabled", "FALSE")).keyed("pay");

    keyed.forKey("a").close();
    assertThat(keyed.forKey("a").tryAcquire(5)).isPresent();
    assertThat(keyed.forKey("b").tryAcquire()).isPresent();
    assertThat(keyed)
        .hasToString("DisabledKeyedLimiter[name=pay, type=strange-keyed, state=DISABLED]");
    keyed.close();
    assertThat(keyed.forKey("a").tryAcquire()).isEmpty();
  }

  @Test
  void aPolicyThatIsSwitchedOffRunsTheCall() throws Exception {
    AsyncPolicy policy =
        load(Map.of("pay.type", "strange-policy", "pay.enabled", "false")).policy("pay");

    assertThat(policy.name()).isEqualTo("pay");
    assertThat(policy.call(() -> "called")).isEqualTo("called");
    assertThat(policy.execute(3, () -> CompletableFuture.completedFuture(1)))
        .isCompletedWithValue(1);
    CompletableFuture<String> inner = new CompletableFuture<>();
    policy.execute(() -> inner).cancel(false);
    assertThat(inner).isCancelled();
    assertThat(policy.execute(() -> null)).isCompletedExceptionally();
    assertThat(policy).hasToString("DisabledPolicy[name=pay, type=strange-policy, state=DISABLED]");
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class)
        .isThrownBy(() -> policy.call(() -> "not called"));
  }

  @Test
  void theOtherOptionsAreChecked() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(
            () -> load(Map.of("p.type", "strange", "p.enabled", "false", "p.max-wait", "PT-1S")))
        .withMessageContaining("max-wait must not be negative");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> load(Map.of("p.type", "strange", "p.enabled", "no")))
        .withMessageContaining("option 'enabled' cannot be 'no'; accepted is true or false");
  }

  @Test
  void trueIsTheDefault() {
    AsyncRateLimiter limiter =
        load(Map.of("pay.type", "strange", "pay.enabled", "true")).rateLimiter("pay");
    assertThat(limiter.getClass().getSimpleName()).isEqualTo("StrangeLimiter");
  }

  @Test
  void aLimiterWithinAnotherIsSwitchedOffLikewise() {
    ConfigOption<String> inner = ConfigOption.required("limiter", String.class, "of each key");
    LimiterConfig config =
        LimiterConfig.of(
            "tenants",
            Map.of("limiter", "strange", "limiter.enabled", "false"),
            LimiterEnvironment.system());
    Supplier<AsyncRateLimiter> limiters =
        InContext.of(loader, () -> Limiters.nested(config, inner));
    AsyncRateLimiter one = limiters.get();
    assertThat(one).hasToString("DisabledLimiter[name=tenants, type=strange, state=DISABLED]");
    one.close();
    assertThat(limiters.get().tryAcquire()).isPresent();
  }

  @Test
  void aSingleLimiterIsSwitchedOffLikewise() {
    Map<String, String> off = Map.of("enabled", "false");
    assertThat(InContext.of(loader, () -> Limiters.rateLimiter("strange", off)))
        .hasToString("DisabledLimiter[name=strange, type=strange, state=DISABLED]");
    assertThat(InContext.of(loader, () -> Limiters.keyed("strange-keyed", off)).toString())
        .contains("DISABLED");
    assertThat(InContext.of(loader, () -> Limiters.policy("strange-policy", off)).toString())
        .contains("DISABLED");
  }

  @Test
  void itIsLoggedOnce() {
    try (Logged logged = new Logged()) {
      load(Map.of("pay.type", "strange", "pay.enabled", "false"));
      assertThat(logged.entries())
          .extracting(Logged.Entry::message)
          .containsExactly("limiter 'pay': 'enabled' is false, so its strange grants everything");
    }
  }
}
