package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the least configuration means, and options that have no effect beside others. */
@Tag("unit")
class DefaultsTest {
  private static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(1);

  private final ManualTime time = new ManualTime();

  /**
   * The least configuration by name kept every key for ever.
   *
   * <p>Promises: Per key 3.
   */
  @Test
  void theLeastConfigurationByNameEvictsIdleKeysAfterTenMinutes() {
    evictsAfterTenMinutes(byName(Map.of()));
  }

  /**
   * The least configuration by the builder kept every key for ever.
   *
   * <p>Promises: Per key 3.
   */
  @Test
  void theLeastConfigurationByTheBuilderEvictsIdleKeysAfterTenMinutes() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .timeSource(time)
            .executor(time)
            .build(key -> FakeLimiter.idle());
    evictsAfterTenMinutes(keys);
  }

  /** A configuration that bounds the keys keeps none of them for ever either. */
  @Test
  void maxKeysLeavesMaxIdleAtItsDefault() {
    evictsAfterTenMinutes(byName(Map.of("max-keys", "100")));
  }

  private void evictsAfterTenMinutes(PerKeyRateLimiter<String, ?> keys) {
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    time.advance(Duration.ofMinutes(10).minusNanos(1));
    assertThat(keys.size()).isEqualTo(1);
    time.advance(DEFAULT_INTERVAL.plusNanos(1));
    assertThat(keys.size()).isZero();
    assertThat(time.pending()).isZero();
  }

  /** Promises: Per key 4. */
  @Test
  void keepIdleKeysByNameKeepsThem() {
    PerKeyRateLimiter<String, ?> keys = byName(Map.of("keep-idle-keys", "true"));
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    assertThat(time.pending()).isZero();
    time.advance(Duration.ofDays(1_000));
    assertThat(keys.size()).isEqualTo(1);
  }

  /** Promises: Per key 3. */
  @Test
  void idleKeysThatAreKeptStillMakeRoom() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder().keepIdleKeys().maxKeys(1).build(key -> FakeLimiter.idle());
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    assertThat(keys.forKey("b").tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(1);
  }

  @Test
  void keepIdleKeysMayBeFalse() {
    evictsAfterTenMinutes(byName(Map.of("keep-idle-keys", "false", "max-idle", "10m")));
  }

  /** It was accepted, and did nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"cleanup-interval", "max-idle"})
  void anOptionWithoutEffectIsRejectedByName(String option) {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> byName(Map.of("keep-idle-keys", "true", option, "10m")))
        .withMessageContaining(option + " has no effect beside keep-idle-keys, was PT10M")
        .withMessageContaining("leave one of the two out");
  }

  @Test
  void anOptionWithoutEffectIsRejectedByTheBuilderInEitherOrder() {
    Duration minute = Duration.ofMinutes(1);
    for (PerKeyRateLimiter.Builder builder :
        new PerKeyRateLimiter.Builder[] {
          PerKeyRateLimiter.builder().keepIdleKeys().cleanupInterval(minute),
          PerKeyRateLimiter.builder().cleanupInterval(minute).keepIdleKeys()
        }) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.build(key -> FakeLimiter.idle()))
          .withMessage(
              "cleanupInterval has no effect beside keepIdleKeys, was PT1M; leave one of the two"
                  + " out");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PerKeyRateLimiter.builder()
                    .maxIdle(minute)
                    .keepIdleKeys()
                    .build(key -> FakeLimiter.idle()))
        .withMessageStartingWith("maxIdle has no effect beside keepIdleKeys");
  }

  @ParameterizedTest
  @CsvSource({"max-idle, 0s", "max-idle, PT-1S", "cleanup-interval, 0s", "max-keys, 0"})
  void aValueOutOfRangeNamesTheOption(String option, String value) {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> byName(Map.of(option, value)))
        .withMessageContaining(option);
  }

  @Test
  void aMaxIdleOfZeroShowsHowToKeepIdleKeys() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> byName(Map.of("max-idle", "0s")))
        .withMessageContaining("to evict no idle key, use keep-idle-keys");
  }

  @SuppressWarnings("unchecked") // as the provider makes it
  private PerKeyRateLimiter<String, ?> byName(Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("limiter", "token-bucket");
    all.put("limiter.rate", "10/s");
    KeyedRateLimiter<String> keys =
        Limiters.keyed(
            "per-key", all, LimiterEnvironment.system().withTimeSource(time).withExecutor(time));
    return (PerKeyRateLimiter<String, ?>) keys;
  }
}
