package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input names the option, the value and what is accepted, in the words of whoever wrote it. */
@Tag("unit")
class BadInputTest {
  private static final Duration LESS = Duration.ofMillis(-1);

  private static void refused(UnaryOperator<Retry.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(Retry.builder()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void theBuilderNamesOptionAndValue() {
    refused(b -> b.maxAttempts(0), "maxAttempts must be at least 1, the first included, was 0");
    refused(b -> b.maxAttempts(-1), "maxAttempts must be at least 1, the first included, was -1");
    refused(b -> b.multiplier(0.5), "multiplier must be at least 1 and finite, was 0.5");
    refused(b -> b.multiplier(Double.NaN), "multiplier must be at least 1 and finite, was NaN");
    refused(
        b -> b.multiplier(Double.POSITIVE_INFINITY),
        "multiplier must be at least 1 and finite, was Infinity");
    refused(b -> b.initialDelay(LESS), "initialDelay must not be negative, was PT-0.001S");
    refused(b -> b.maxDelay(LESS), "maxDelay must not be negative, was PT-0.001S");
    refused(
        b -> b.attemptTimeout(Duration.ZERO),
        "attemptTimeout must be positive, was PT0S; leave it out to have none");
    refused(
        b -> b.attemptTimeout(LESS),
        "attemptTimeout must be positive, was PT-0.001S; leave it out to have none");
    refused(
        b -> b.totalTimeout(Duration.ZERO),
        "totalTimeout must be positive, was PT0S; leave it out to have none");
    refused(
        b -> b.totalTimeout(LESS),
        "totalTimeout must be positive, was PT-0.001S; leave it out to have none");
    refused(b -> b.name(" "), "name must not be blank, was ' '");
  }

  @Test
  void whatIsOnlyUnusualIsAccepted() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    assertThatCode(
            () ->
                Retry.builder()
                    .maxAttempts(Integer.MAX_VALUE)
                    .initialDelay(longest)
                    .maxDelay(Duration.ZERO)
                    .multiplier(Double.MAX_VALUE)
                    .attemptTimeout(longest)
                    .totalTimeout(longest)
                    .retryOn()
                    .build())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.0000001, 2, Double.NaN, Double.POSITIVE_INFINITY})
  void aBudgetTakesAShareOfTheCalls(double share) {
    assertThatThrownBy(() -> RetryBudget.of(share, Rate.perSecond(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("share must be over 0 and at most 1, was " + share);
  }

  /** Promises: Look-up. */
  @ParameterizedTest
  @CsvSource({
    "max-attempts, 0, 'max-attempts must be at least 1, the first included, was 0'",
    "max-attempts, many, 'a whole number'",
    "initial-delay, PT-1S, 'initial-delay must not be negative, was PT-1S'",
    "max-delay, soon, 'a duration such as 250ms'",
    "multiplier, 0.9, 'multiplier must be at least 1 and finite, was 0.9'",
    "multiplier, NaN, 'a decimal number'",
    "jitter, some, 'one of none, full, equal, decorrelated'",
    "attempt-timeout, 0s, 'attempt-timeout must be positive, was PT0S'",
    "total-timeout, 0s, 'total-timeout must be positive, was PT0S'",
    "budget-share, 0, 'budget-share must be over 0 and at most 1, was 0.0'",
    "budget-share, 1.5, 'budget-share must be over 0 and at most 1, was 1.5'",
    "budget-floor, 2/s, 'budget-floor needs budget-share, was 2/s alone; give budget-share'",
    "retry-on, java.io.IOExcuse, 'retry-on names ''java.io.IOExcuse'', which is no class'",
    "retry-on, java.lang.String, 'retry-on names ''java.lang.String'', which is no Throwable'",
    "retry-on, '', 'retry-on names '''', which is no class'",
    "retry-on, 'java.io.IOException,', 'retry-on names '''', which is no class'",
    "retry-on, IOException, 'java.io.IOException,java.util.concurrent.TimeoutException'",
    "retries, 3, 'unknown option ''retries'''",
  })
  void aConfigurationIsAnsweredInKebabCase(String option, String value, String message) {
    assertThatThrownBy(
            () ->
                Limiters.policy(
                    "retry",
                    Map.of(option, value),
                    LimiterEnvironment.system().withName("payments")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("payments")
        .hasMessageContaining(message);
  }

  @Test
  void aRetryIsNoLimiter() {
    assertThatThrownBy(() -> Limiters.rateLimiter("retry", Map.of()))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("policy(…)");
  }

  @Test
  void theNameIsTheStrategysUnlessOneIsGiven() {
    assertThat(Retry.builder().build().name()).isEqualTo("retry");
    assertThat(Retry.builder().name("payments").build())
        .hasToString("Retry[payments]")
        .extracting(Retry::name)
        .isEqualTo("payments");
  }
}
