package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input names the option, the value and what is accepted, in the words of whoever wrote it. */
@Tag("unit")
class BadInputTest {

  @Test
  void theBuilderNamesOptionAndValue() {
    refused(b -> b.capacity(0), "capacity must be at least 1, was 0");
    refused(b -> b.capacity(-1), "capacity must be at least 1, was -1");
    refused(b -> b.initialTokens(-1), "initialTokens must be between 0 and capacity (5), was -1");
    refused(b -> b.initialTokens(6), "initialTokens must be between 0 and capacity (5), was 6");
    refused(b -> b.tokensPerCall(0), "tokensPerCall must be between 1 and capacity (5), was 0");
    refused(b -> b.tokensPerCall(6), "tokensPerCall must be between 1 and capacity (5), was 6");
    refused(b -> b.maxWaiters(-1), "maxWaiters must be 0 or more, was -1");
    refused(b -> b.maxWait(Duration.ofMillis(-1)), "maxWait must not be negative, was PT-0.001S");
    refused(
        b -> b.maxWaiters(0).maxWait(Duration.ofSeconds(1)),
        "maxWait (PT1S) has no effect beside maxWaiters 0, which rejects each call that would wait;"
            + " leave out one of the two");
    refused(b -> b.name(" "), "name must not be blank, was ' '");
  }

  /** Promises: Token bucket 4. */
  @ParameterizedTest
  @CsvSource({
    "2/ns, 1, 'rate must be at most 1000000000/s'",
    "1/d, 40000, over a century to fill",
    "1/40000d, 1, over a century to fill",
    "3/1000000000d, 1, over a century to fill",
    "100/s, 9223372036854775807, over a century to fill",
  })
  void aBucketThatCannotBeExactIsRefused(String rate, long capacity, String why) {
    assertThatThrownBy(
            () -> TokenBucketRateLimiter.builder(Rate.parse(rate)).capacity(capacity).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why)
        .hasMessageContaining(rate);
  }

  /** Promises: Token bucket 4. */
  @Test
  void theLongestPeriodsAreRefusedAndNotCut() {
    Rate slow = new Rate(1, Duration.ofSeconds(Long.MAX_VALUE));
    assertThatThrownBy(() -> TokenBucketRateLimiter.builder(slow).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("century");
    Rate odd = new Rate(1_000_003, Rates.CENTURY.multipliedBy(2).plusNanos(1));
    assertThatThrownBy(() -> TokenBucketRateLimiter.builder(odd).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lowest terms");
  }

  @Test
  void theDefaultCapacityIsASecondsWorthAndAtLeastOne() {
    assertThat(TokenBucketRateLimiter.builder(Rate.parse("100/s")).build().availableTokens())
        .isEqualTo(100);
    assertThat(TokenBucketRateLimiter.builder(Rate.parse("5/m")).build().availableTokens())
        .isEqualTo(1);
    assertThat(TokenBucketRateLimiter.builder(Rate.parse("7/2s")).build().availableTokens())
        .isEqualTo(3);
  }

  /** Promises: Look-up. */
  @ParameterizedTest
  @CsvSource({
    "initial-tokens, -1, 'initial-tokens must be between 0 and capacity (5), was -1'",
    "tokens-per-call, 6, 'tokens-per-call must be between 1 and capacity (5), was 6'",
    "capacity, 0, 'capacity must be at least 1, was 0'",
    "max-waiters, -3, 'max-waiters must be 0 or more, was -3'",
    "max-wait, PT-1S, 'max-wait must not be negative, was PT-1S'",
    "rate, 0/s, rate",
    "max-wait, soon, 'a duration such as 250ms'",
    "capacity, many, 'a whole number'",
  })
  void aConfigurationIsAnsweredInKebabCase(String option, String value, String message) {
    Map<String, String> options = new HashMap<>(Map.of("rate", "1/s", "capacity", "5"));
    options.put(option, value);
    assertThatThrownBy(
            () ->
                Limiters.rateLimiter(
                    "token-bucket", options, LimiterEnvironment.system().withName("payments")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("payments")
        .hasMessageContaining(message);
  }

  private static void refused(
      UnaryOperator<TokenBucketRateLimiter.Builder> change, String message) {
    assertThatThrownBy(
            () ->
                change.apply(TokenBucketRateLimiter.builder(Rate.perSecond(1)).capacity(5)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
