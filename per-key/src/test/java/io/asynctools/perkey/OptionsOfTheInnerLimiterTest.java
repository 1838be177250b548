package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.RejectedException;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All that is wrong with the inner limiter is said at once, in the user's own words.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class OptionsOfTheInnerLimiterTest {
  private final ManualTime time = new ManualTime();
  private final LimiterEnvironment environment =
      LimiterEnvironment.system().withName("tenants").withTimeSource(time).withExecutor(time);

  @Test
  void theInnerLimiterIsOfTheStrategyAndTheOptionsThatAreNamed() {
    KeyedRateLimiter<String> keys =
        keyed("limiter", "token-bucket", "limiter.rate", "1/s", "limiter.capacity", "3");
    assertThat(keys.forKey("a").tryAcquire(3)).isPresent();
    assertThat(keys.forKey("a").tryAcquire()).isEmpty();
    time.advance(Duration.ofSeconds(1));
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    assertThat(keys.forKey("b").tryAcquire(3)).isPresent();
  }

  @Test
  void everyStrategyThatLimitsFits() {
    assertThat(
            keyed("limiter", "semaphore", "limiter.max-concurrent", "1").forKey("a").tryAcquire())
        .isPresent();
    assertThat(keyed("limiter", "circuit-breaker").forKey("a").tryAcquire()).isPresent();
    assertThat(keyed("limiter", " semaphore ", "limiter.max-concurrent", "1")).isNotNull();
  }

  @Test
  void theInnerLimitersHaveTheSameEnvironment() {
    KeyedRateLimiter<String> keys =
        keyed("limiter", "token-bucket", "limiter.rate", "1/s", "limiter.max-wait", "0s");
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    assertThat(keys.forKey("a").acquire().handle((permit, thrown) -> thrown).join())
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.limiter()).isEqualTo("tenants"));
  }

  @Test
  void whichLimiterHasToBeSaid() {
    assertRefused("limiter.rate", "1/s")
        .withMessageContainingAll("'tenants'", "'limiter'", "is missing", "which limiter");
  }

  @Test
  void aLimiterThatThereIsNotIsNamedWithThoseThatThereAre() {
    assertRefused("limiter", "token-buckt", "limiter.rate", "1/s")
        .withMessageContainingAll(
            "'tenants'",
            "option 'limiter'",
            "'token-buckt'",
            "did you mean 'token-bucket'?",
            "Present: ",
            "semaphore");
  }

  @Test
  void aStrategyOfAnotherTypeIsNoLimiter() {
    assertRefused("limiter", "per-key", "limiter.limiter", "token-bucket")
        .withMessageContainingAll(
            "'tenants'",
            "option 'limiter'",
            "'per-key' is of type KeyedRateLimiter, not AsyncRateLimiter");
  }

  @Test
  void anUnknownOptionIsReportedWithItsFullPathAndTheNearest() {
    assertRefused("limiter", "token-bucket", "limiter.rate", "1/s", "limiter.capacty", "3")
        .withMessageContainingAll(
            "'tenants'",
            "unknown option 'limiter.capacty'",
            "did you mean 'limiter.capacity'?",
            "Options of token-bucket: limiter.capacity, ",
            "limiter.rate");
  }

  @Test
  void anOptionOfAnotherStrategyIsUnknown() {
    assertRefused("limiter", "semaphore", "limiter.max-concurrent", "1", "limiter.rate", "1/s")
        .withMessageContaining("unknown option 'limiter.rate'");
  }

  @Test
  void anOptionOfTheInnerLimiterWithoutItsPathIsUnknown() {
    assertRefused("limiter", "token-bucket", "rate", "1/s")
        .withMessageContainingAll("unknown option 'rate'", "limiter.*");
  }

  @Test
  void aMalformedValueIsReportedWithItsFullPathAndWhatIsAccepted() {
    assertRefused("limiter", "token-bucket", "limiter.rate", "fast")
        .withMessageContainingAll("'tenants'", "'limiter.rate'", "'fast'", "100/s");
  }

  @Test
  void aRequiredOptionThatIsMissingIsReportedWithItsFullPath() {
    assertRefused("limiter", "token-bucket")
        .withMessageContainingAll("'tenants'", "'limiter.rate'", "is missing", "100/s");
  }

  @Test
  void whatTheInnerBuilderRefusesIsSaidWithItsFullPath() {
    assertRefused("limiter", "token-bucket", "limiter.rate", "1/s", "limiter.capacity", "0")
        .withMessageStartingWith("limiter 'tenants': limiter.capacity must be")
        .withMessageContaining("0");
    assertRefused("limiter", "semaphore", "limiter.max-concurrent", "0")
        .withMessageStartingWith("limiter 'tenants': limiter.max-concurrent must be at least 1");
    assertRefused("limiter", "circuit-breaker", "limiter.half-open-max-calls", "0")
        .withMessageStartingWith("limiter 'tenants': limiter.half-open-max-calls must be");
  }

  @Test
  void whatTheOuterBuilderRefusesIsSaidInKebabCase() {
    for (String option : new String[] {"max-idle", "cleanup-interval"}) {
      assertRefused("limiter", "token-bucket", "limiter.rate", "1/s", option, "0s")
          .withMessageContaining("limiter 'tenants': " + option + " must be positive, was PT0S");
    }
    assertRefused("limiter", "token-bucket", "limiter.rate", "1/s", "max-keys", "0")
        .withMessageContaining("limiter 'tenants': max-keys must be at least 1, was 0");
  }

  @Test
  void optionsOfTheOuterLimiterAreHeeded() {
    KeyedRateLimiter<String> keys =
        keyed(
            "limiter", "semaphore",
            "limiter.max-concurrent", "1",
            "max-keys", "1",
            "max-idle", "1s",
            "cleanup-interval", "1s");
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    assertThat(keys.forKey("b").tryAcquire()).as("a key too many").isEmpty();
    assertThat(time.pending()).as("the housekeeping").isEqualTo(1);
    keys.close();
    assertThat(time.pending()).isZero();
  }

  private KeyedRateLimiter<String> keyed(String... namesAndValues) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Limiters.keyed("per-key", options, environment);
  }

  private ThrowableAssertAlternative<LimiterConfigException> assertRefused(
      String... namesAndValues) {
    return assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> keyed(namesAndValues));
  }

  @Test
  void theInnerLimiterGoesByTheOutersNameThoughThatIsTheStrategys() {
    KeyedRateLimiter<String> keys =
        Limiters.keyed("per-key", Map.of("limiter", "semaphore", "limiter.max-concurrent", "1"));
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire()).isPresent();
    assertThat(view.acquire(1, Duration.ZERO).handle((permit, refusal) -> refusal).join())
        .isInstanceOfSatisfying(
            RejectedException.class,
            refusal -> assertThat(refusal.limiter()).isEqualTo(view.name()));
  }
}
