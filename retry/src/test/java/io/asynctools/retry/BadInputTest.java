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
                    .maxDelay(longest)
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
    "retry-on, '', 'retry-on is empty; name a class, or leave retry-on out'",
    "retry-on, 'java.io.IOException,', 'retry-on ends with a comma (name 2 is empty)'",
    "retry-on, ',java.io.IOException', 'retry-on starts with a comma (name 1 is empty)'",
    "retry-on, 'java.io.IOException,,java.lang.Exception', 'with no name between them'",
    "retry-on, 'java.lang.Exception,java.lang.Exception', 'names ''java.lang.Exception'' twice'",
    "retry-on, IOException, 'did you mean ''java.io.IOException''?'",
    "retry-on, redis://app:secret@host, 'names as number 1 what cannot be a class name'",
    "retry-on, java.lang.OutOfMemoryError, 'an Error is never retried'",
    "retry-on, java.util.concurrent.CancellationException, 'are never retried'",
    "retry-on, java.lang.InterruptedException, 'are never retried'",
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
        .hasToString(
            "Retry[name=payments, maxAttempts=3, initialDelay=PT1S, maxDelay=PT1M,"
                + " multiplier=2.0, jitter=NONE]")
        .extracting(Retry::name)
        .isEqualTo("payments");
  }

  /** An exception in a class. */
  @SuppressWarnings("serial")
  public static final class Nested extends RuntimeException {}

  @Test
  void aNestedClassNamedWithADotIsAnsweredWithADollar() {
    assertThatThrownBy(
            () ->
                Limiters.policy(
                    "retry", Map.of("retry-on", "io.asynctools.retry.BadInputTest.Nested")))
        .hasMessageContaining("did you mean 'io.asynctools.retry.BadInputTest$Nested'?");
  }

  @Test
  void anInvisibleCharacterInAClassNameIsShown() {
    assertThatThrownBy(
            () -> Limiters.policy("retry", Map.of("retry-on", "java.io.IO" + (char) 0x200b + "E")))
        .hasMessageContaining("'java.io.IO\\u200bE'");
  }

  @Test
  void whatMayBeACredentialIsNotShown() {
    assertThatThrownBy(
            () -> Limiters.policy("retry", Map.of("retry-on", "redis://app:secret@host")))
        .hasMessageNotContaining("secret");
  }

  @Test
  void optionsWithoutEffectAreRejectedWithTheReason() {
    Duration second = Duration.ofSeconds(1);
    refusedFor(b -> b.initialDelay(second).maxDelay(LESS.negated()), "maxDelay must be at least");
    refusedFor(b -> b.jitter(Jitter.DECORRELATED).multiplier(2), "multiplier has no effect beside");
    refusedFor(
        b -> b.attemptTimeout(second.plusNanos(1)).totalTimeout(second),
        "attemptTimeout has no effect above totalTimeout (PT1S), was PT1.000000001S");
    refusedFor(b -> b.initialDelay(second).totalTimeout(second), "nothing is ever retried");
    refusedFor(b -> b.retryOn(OutOfMemoryError.class), "an Error is never retried");
    assertThatCode(() -> Retry.builder().attemptTimeout(second).totalTimeout(second).build())
        .doesNotThrowAnyException();
  }

  @Test
  void oneAttemptAndNoDelaySwitchOffWhateverElseIsGiven() {
    Retry off =
        Retry.builder()
            .maxAttempts(1)
            .initialDelay(Duration.ofSeconds(1))
            .jitter(Jitter.FULL)
            .retryIf(error -> true)
            .build();

    assertThatThrownBy(
            () ->
                off.call(
                    () -> {
                      throw new IllegalStateException("once");
                    }))
        .hasMessage("once");
    assertThatCode(
            () ->
                Limiters.policy(
                    "retry", Map.of("max-attempts", "1", "max-delay", "1m", "budget-share", "0.2")))
        .doesNotThrowAnyException();
    assertThatCode(() -> Limiters.policy("retry", Map.of("initial-delay", "0s", "jitter", "equal")))
        .doesNotThrowAnyException();
  }

  private static void refusedFor(UnaryOperator<Retry.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(Retry.builder()).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /** The text form says the same, of the options that were given in it. */
  @ParameterizedTest
  @CsvSource({
    "jitter, decorrelated, multiplier, 3, multiplier has no effect",
    "attempt-timeout, 2s, total-timeout, 1s, attempt-timeout has no effect above total-timeout",
    "initial-delay, 5m, max-delay, 1m, max-delay must be at least initial-delay",
  })
  void aConfigurationThatContradictsItselfIsRejected(
      String option, String value, String other, String otherValue, String message) {
    assertThatThrownBy(() -> Limiters.policy("retry", Map.of(option, value, other, otherValue)))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining(message);
  }
}
