package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.circuitbreaker.CircuitBreaker.Builder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input names the option, the value and the way out, in the words of whoever wrote it. */
@Tag("unit")
class BadInputTest {

  private static void refused(UnaryOperator<Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(CircuitBreaker.builder()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void theBuilderNamesOptionAndValue() {
    refused(b -> b.failureThreshold(0), "failureThreshold must be at least 1, was 0");
    refused(b -> b.failureThreshold(-5), "failureThreshold must be at least 1, was -5");
    refused(b -> b.timeout(Duration.ZERO), "timeout must be positive, was PT0S");
    refused(b -> b.timeout(Duration.ofMillis(-1)), "timeout must be positive, was PT-0.001S");
    refused(b -> b.halfOpenMaxCalls(0), "halfOpenMaxCalls must be between 1 and 10000, was 0");
    refused(
        b -> b.halfOpenMaxCalls(10_001), "halfOpenMaxCalls must be between 1 and 10000, was 10001");
    refused(b -> b.probeTimeout(Duration.ZERO), "probeTimeout must be positive, was PT0S");
    refused(b -> b.countWindow(0), "countWindow must be between 1 and 100000, was 0");
    refused(b -> b.countWindow(100_001), "countWindow must be between 1 and 100000, was 100001");
    refused(b -> b.timeWindow(Duration.ZERO), "timeWindow must be positive, was PT0S");
    refused(
        b -> b.countWindow(5).slowCallDuration(Duration.ZERO),
        "slowCallDuration must be positive, was PT0S");
    refused(b -> b.countWindow(5).minimumCalls(0), "minimumCalls must be at least 1, was 0");
    refused(b -> b.name(" "), "name must not be blank, was ' '");
  }

  @Test
  void aShareIsAFraction() {
    for (double share : new double[] {0, -0.0, -0.1, 1.000001, 50, Double.NaN}) {
      refused(
          b -> b.countWindow(5).failureRateThreshold(share),
          "failureRateThreshold must be above 0 and at most 1, was " + share + "; 0.5 is one half");
      refused(
          b -> b.countWindow(5).slowCallDuration(TIMEOUT).slowCallRateThreshold(share),
          "slowCallRateThreshold must be above 0 and at most 1, was "
              + share
              + "; 0.5 is one half");
    }
  }

  @Test
  void aWindowIsNeededForItsOptions() {
    refused(
        b -> b.failureRateThreshold(0.5),
        "failureRateThreshold needs countWindow or timeWindow, was 0.5 without a window");
    refused(
        b -> b.minimumCalls(3),
        "minimumCalls needs countWindow or timeWindow, was 3 without a window");
    refused(
        b -> b.slowCallDuration(TIMEOUT),
        "slowCallDuration needs countWindow or timeWindow, was PT1M without a window");
    refused(
        b -> b.slowCallRateThreshold(0.5),
        "slowCallRateThreshold needs countWindow or timeWindow, was 0.5 without a window");
  }

  /** It was accepted, and did nothing. */
  @Test
  void aThresholdOfFailuresInARowIsRejectedBesideAWindow() {
    refused(
        b -> b.countWindow(10).failureThreshold(3),
        "failureThreshold does nothing beside countWindow, was 3; with a window,"
            + " failureRateThreshold opens the breaker: leave out one of the two");
    refused(
        b -> b.failureThreshold(5).timeWindow(TIMEOUT),
        "failureThreshold does nothing beside timeWindow, was 5; with a window,"
            + " failureRateThreshold opens the breaker: leave out one of the two");
  }

  @Test
  void whatClosesAHalfOpenBreakerIsOneThing() {
    refused(
        b -> b.halfOpenSuccesses(2).halfOpenMinimumCalls(3).halfOpenFailureRateThreshold(0.5),
        "halfOpenSuccesses does nothing beside halfOpenMinimumCalls, was 2;"
            + " either a number of successes closes the breaker or a rate does");
    refused(
        b -> b.halfOpenSuccesses(2).halfOpenFailureRateThreshold(0.5),
        "halfOpenSuccesses does nothing beside halfOpenFailureRateThreshold, was 2;"
            + " either a number of successes closes the breaker or a rate does");
    refused(
        b -> b.halfOpenMinimumCalls(3),
        "halfOpenMinimumCalls needs halfOpenFailureRateThreshold, was 3 without it;"
            + " give both or neither");
    refused(
        b -> b.halfOpenFailureRateThreshold(0.5),
        "halfOpenFailureRateThreshold needs halfOpenMinimumCalls, was 0.5 without it;"
            + " give both or neither");
  }

  @Test
  void optionsOfProbesHaveARange() {
    refused(b -> b.halfOpenSuccesses(0), "halfOpenSuccesses must be between 1 and 10000, was 0");
    refused(
        b -> b.halfOpenMinimumCalls(10_001).halfOpenFailureRateThreshold(0.5),
        "halfOpenMinimumCalls must be between 1 and 10000, was 10001");
    refused(
        b -> b.halfOpenMinimumCalls(3).halfOpenFailureRateThreshold(Double.NaN),
        "halfOpenFailureRateThreshold must be above 0 and at most 1, was NaN; 0.5 is one half");
  }

  @Test
  void slowProbesNeedToKnowWhatIsSlow() {
    refused(
        b -> b.countWindow(5).slowProbesFail(true),
        "slowProbesFail needs slowCallDuration, was true without it; give both or neither");
    refused(
        b -> b.slowProbesFail(false),
        "slowProbesFail needs countWindow or timeWindow, was false without a window");
  }

  @Test
  void aTimeoutThatGrowsDoesGrow() {
    for (double none : new double[] {1, 0.5, -2, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused(
          b -> b.timeoutMultiplier(none),
          "timeoutMultiplier must be above 1 and finite, was "
              + none
              + "; leave it out if the timeout is not to grow");
    }
    refused(
        b -> b.maxTimeout(Duration.ofHours(2)),
        "maxTimeout needs timeoutMultiplier or a timeoutFunction, was PT2H with a timeout that"
            + " never grows; give both or neither");
    refused(
        b -> b.timeoutMultiplier(2).maxTimeout(Duration.ofSeconds(60)),
        "maxTimeout must be above timeout (PT1M), was PT1M");
    refused(
        b -> b.timeoutFunction((error, result) -> null).maxTimeout(Duration.ofSeconds(1)),
        "maxTimeout must be above timeout (PT1M), was PT1S");
    refused(
        b -> b.timeoutMultiplier(2).maxTimeout(Duration.ZERO),
        "maxTimeout must be positive, was PT0S");
  }

  @Test
  void twoWindowsAreOneTooMany() {
    refused(
        b -> b.countWindow(10).timeWindow(TIMEOUT),
        "countWindow and timeWindow exclude each other, were 10 and PT1M; give one of them");
  }

  @Test
  void aMinimumThatTheWindowCannotHoldIsRefused() {
    refused(
        b -> b.countWindow(5).minimumCalls(6),
        "minimumCalls must be at most countWindow (5), was 6");
    assertThat(CircuitBreaker.builder().timeWindow(TIMEOUT).minimumCalls(1_000_000).build())
        .isNotNull();
  }

  @Test
  void aShareOfSlowCallsNeedsToKnowWhatIsSlow() {
    refused(
        b -> b.countWindow(5).slowCallRateThreshold(0.5),
        "slowCallRateThreshold needs slowCallDuration, was 0.5 without it; give both or neither");
  }

  /** Promises: All 9. */
  @Test
  @SuppressWarnings("NullAway")
  void nullIsRefusedAtOnce() {
    Builder builder = CircuitBreaker.builder();
    assertThatNullPointerException().isThrownBy(() -> builder.timeout(null));
    assertThatNullPointerException().isThrownBy(() -> builder.probeTimeout(null));
    assertThatNullPointerException().isThrownBy(() -> builder.timeWindow(null));
    assertThatNullPointerException().isThrownBy(() -> builder.slowCallDuration(null));
    assertThatNullPointerException().isThrownBy(() -> builder.recordFailureIf(null));
    assertThatNullPointerException().isThrownBy(() -> builder.recordFailureIfResult(null));
    assertThatNullPointerException().isThrownBy(() -> builder.onStateChange(null));
    assertThatNullPointerException().isThrownBy(() -> builder.maxTimeout(null));
    assertThatNullPointerException().isThrownBy(() -> builder.timeoutFunction(null));
    assertThatNullPointerException().isThrownBy(() -> builder.logLevel(null));
    assertThatNullPointerException().isThrownBy(() -> builder.name(null));
    assertThatNullPointerException().isThrownBy(() -> builder.timeSource(null));
    assertThatNullPointerException().isThrownBy(() -> builder.executor(null));
    assertThat(builder.build().name()).as("still usable").isEqualTo("circuit-breaker");
  }

  @Test
  void theExtremesAreLegal() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    CircuitBreaker.builder()
        .timeout(longest)
        .halfOpenMinimumCalls(10_000)
        .halfOpenFailureRateThreshold(Double.MIN_VALUE)
        .slowProbesFail(false)
        .timeoutMultiplier(Double.MAX_VALUE)
        .halfOpenMaxCalls(10_000)
        .probeTimeout(longest)
        .countWindow(100_000)
        .minimumCalls(100_000)
        .failureRateThreshold(Double.MIN_VALUE)
        .slowCallDuration(longest)
        .slowCallRateThreshold(1)
        .build();
    CircuitBreaker.builder().failureThreshold(Integer.MAX_VALUE).halfOpenSuccesses(10_000).build();
  }

  /** Promises: Look-up. */
  @ParameterizedTest
  @CsvSource({
    "failure-threshold, 0, 'failure-threshold must be at least 1, was 0'",
    "failure-threshold, 5, 'failure-threshold does nothing beside time-window, was 5'",
    "half-open-successes, 0, 'half-open-successes must be between 1 and 10000, was 0'",
    "half-open-minimum-calls, 3, 'half-open-minimum-calls needs half-open-failure-rate-threshold'",
    "half-open-failure-rate-threshold, 1, 'needs half-open-minimum-calls, was 1.0'",
    "slow-probes-fail, true, 'slow-probes-fail needs slow-call-duration, was true'",
    "timeout-multiplier, 1, 'timeout-multiplier must be above 1 and finite, was 1.0'",
    "max-timeout, 2h, 'max-timeout needs timeout-multiplier'",
    "timeout, PT0S, 'timeout must be positive, was PT0S'",
    "half-open-max-calls, 0, 'half-open-max-calls must be between 1 and 10000, was 0'",
    "probe-timeout, PT-1S, 'probe-timeout must be positive, was PT-1S'",
    "count-window, 3, 'count-window and time-window exclude each other, were 3 and PT10S'",
    "time-window, PT0S, 'time-window must be positive, was PT0S'",
    "failure-rate-threshold, 50, 'failure-rate-threshold must be above 0 and at most 1, was 50.0'",
    "minimum-calls, 0, 'minimum-calls must be at least 1, was 0'",
    "slow-call-duration, PT0S, 'slow-call-duration must be positive, was PT0S'",
    "slow-call-rate-threshold, 0.5, 'slow-call-rate-threshold needs slow-call-duration'",
    "timeout, soon, 'a duration such as 250ms'",
    "failure-threshold, many, 'a whole number'",
    "failure-treshold, 3, 'failure-threshold'",
  })
  void aConfigurationIsAnsweredInKebabCase(String option, String value, String message) {
    Map<String, String> options = new HashMap<>(Map.of("time-window", "10s"));
    options.put(option, value);
    assertThatThrownBy(
            () ->
                Limiters.rateLimiter(
                    "circuit-breaker", options, LimiterEnvironment.system().withName("payments")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("payments")
        .hasMessageContaining(message);
  }
}
