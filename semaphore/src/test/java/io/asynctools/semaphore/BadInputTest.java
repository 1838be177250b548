package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.spi.LimiterConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input names the option, the value and what is accepted, in the words of whoever wrote it. */
@Tag("unit")
class BadInputTest {

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void aLimitBelowOneIsRefusedByTheBuilder(int maxConcurrent) {
    assertThatThrownBy(() -> SemaphoreRateLimiter.builder(maxConcurrent).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxConcurrent must be at least 1, was " + maxConcurrent);
  }

  @Test
  void theBuilderNamesOptionAndValue() {
    refused(b -> b.maxWaiters(-1), "maxWaiters must be 0 or more, was -1");
    refused(b -> b.maxWait(Duration.ofMillis(-1)), "maxWait must not be negative, was PT-0.001S");
    refused(b -> b.name(" "), "name must not be blank, was ' '");
  }

  private static void refused(UnaryOperator<SemaphoreRateLimiter.Builder> change, String message) {
    assertThatThrownBy(() -> change.apply(SemaphoreRateLimiter.builder(1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  /** Promises: Look-up. */
  @ParameterizedTest
  @CsvSource({
    "max-concurrent, 0, 'max-concurrent must be at least 1, was 0'",
    "max-concurrent, many, 'a whole number'",
    "max-concurrent, 2147483648, max-concurrent",
    "max-waiters, -3, 'max-waiters must be 0 or more, was -3'",
    "max-wait, PT-1S, 'max-wait must not be negative, was PT-1S'",
    "cancel-calls, perhaps, 'true or false'",
  })
  void aConfigurationIsAnsweredInKebabCase(String option, String value, String message) {
    Map<String, String> options = new HashMap<>(Map.of("max-concurrent", "5"));
    options.put(option, value);
    assertThatThrownBy(
            () ->
                Limiters.rateLimiter(
                    "semaphore", options, LimiterEnvironment.system().withName("payments")))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("payments")
        .hasMessageContaining(message);
  }

  /** Promises: Look-up. */
  @Test
  void theLimitHasNoDefault() {
    assertThatThrownBy(() -> Limiters.rateLimiter("semaphore", Map.of()))
        .isInstanceOf(LimiterConfigException.class)
        .hasMessageContaining("'max-concurrent' is missing");
  }

  @Test
  void everyOptionOfAConfigurationArrives() {
    Supplier<SemaphoreRateLimiter> semaphores =
        prepared(
            Map.of(
                "max-concurrent",
                "2",
                "max-waiters",
                "1",
                "max-wait",
                "0ms",
                "cancel-calls",
                "false"));
    SemaphoreRateLimiter one = semaphores.get();
    assertThat(one).isNotSameAs(semaphores.get());
    assertThat(one.name()).isEqualTo("semaphore");
    assertThat(one.availablePermits()).isEqualTo(2);
    CompletableFuture<Object> work = new CompletableFuture<>();
    one.execute(2, () -> work).cancel(true);
    assertThat(work).isNotDone();
    assertThat(one.acquire()).isCompletedExceptionally();
  }

  @Test
  void aWrongConfigurationIsRefusedBeforeTheFirstSemaphore() {
    assertThatThrownBy(() -> prepared(Map.of("max-concurrent", "0")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxConcurrent");
  }

  private static Supplier<SemaphoreRateLimiter> prepared(Map<String, String> options) {
    return new SemaphoreProvider()
        .prepare(LimiterConfig.of("many", options, LimiterEnvironment.system()));
  }
}
