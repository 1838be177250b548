package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class OptionValuesTest {

  enum Jitter {
    NONE,
    FULL,
    MORE_OR_LESS {} // a constant with a body is of a class of its own
  }

  @Test
  void everyTypeIsRead() {
    assertThat(read(String.class, "as it stands")).isEqualTo("as it stands");
    assertThat(read(Integer.class, "-7")).isEqualTo(-7);
    assertThat(read(int.class, "2147483647")).isEqualTo(Integer.MAX_VALUE);
    assertThat(read(Long.class, "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(read(long.class, "-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
    assertThat(read(Double.class, "0.25")).isEqualTo(0.25);
    assertThat(read(double.class, "1e3")).isEqualTo(1000.0);
    assertThat(read(Boolean.class, "true")).isTrue();
    assertThat(read(boolean.class, "FALSE")).isFalse();
    assertThat(read(Duration.class, "30s")).isEqualTo(Duration.ofSeconds(30));
    assertThat(read(Rate.class, "2.5/s")).isEqualTo(new Rate(5, Duration.ofSeconds(2)));
    assertThat(read(Jitter.class, "full")).isEqualTo(Jitter.FULL);
  }

  @ParameterizedTest
  @CsvSource({
    "5ns, PT0.000000005S",
    "5us, PT0.000005S",
    "250ms, PT0.25S",
    "30s, PT30S",
    "5m, PT5M",
    "1h, PT1H",
    "2d, PT48H",
    "0s, PT0S",
    "PT1.5S, PT1.5S",
    "pt90m, PT1H30M",
    "P1DT2H, PT26H",
    "PT-1S, PT-1S",
    "9223372036854775807s, PT9223372036854775807S",
  })
  void durationsAreReadInBothForms(String text, Duration value) {
    assertThat(read(Duration.class, text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"more-or-less", "MORE_OR_LESS", "More_Or_Less", "more_or-less"})
  void anEnumIsReadInKebabCaseAndAsInJava(String text) {
    assertThat(read(Jitter.class, text)).isEqualTo(Jitter.MORE_OR_LESS);
  }

  @Test
  void anEnumIsReadTheSameInTurkey() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      assertThat(read(TimeUnit.class, "minutes")).isEqualTo(TimeUnit.MINUTES);
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {" 42", "42 ", "\t42\n", "  42  "})
  void whiteSpaceAroundAValueDoesNotCount(String text) {
    assertThat(read(Integer.class, text)).isEqualTo(42);
    assertThat(read(String.class, text)).isEqualTo("42");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "forty",
        "4 2",
        "1.5",
        "1e3",
        "0x10",
        "2147483648",
        "-2147483649",
        "1_000"
      })
  void aMalformedOrTooLargeIntIsRefused(String text) {
    refused(Integer.class, text, "a whole number of 32 bits");
    refused(int.class, text, "a whole number of 32 bits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "1.0", "1L", "9223372036854775808", "-9223372036854775809"})
  void aMalformedOrTooLargeLongIsRefused(String text) {
    refused(Long.class, text, "a whole number of 64 bits");
    refused(long.class, text, "a whole number of 64 bits");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "half", "1/2", "NaN", "Infinity", "-Infinity", "1e999", "0,5", "50%"})
  void aMalformedOrInfiniteDoubleIsRefused(String text) {
    refused(Double.class, text, "a decimal number");
    refused(double.class, text, "a decimal number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "1", "on", "truth"})
  void aBooleanIsTrueOrFalseAndNothingElse(String text) {
    refused(Boolean.class, text, "true or false");
    refused(boolean.class, text, "true or false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "s",
        "-1s",
        "1.5s",
        "30 s",
        "5M",
        "1w",
        "1s2",
        "PT",
        "P1Y",
        "1e3s",
        "half an hour",
        "9223372036854775808s",
        "9223372036854775807m",
        "9223372036854775807d",
        "PT9223372036854775808S"
      })
  void aMalformedOrTooLongDurationIsRefused(String text) {
    refused(Duration.class, text, "a duration such as 250ms, 30s, 5m, 1h or PT1.5S");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "100", "0/s", "1/0s", "-1/s", "9223372036854775808/s"})
  void aMalformedRateIsRefused(String text) {
    refused(Rate.class, text, "a positive rate such as 100/s, 5/m, 1000/h, 1/10s or 2.5/s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "half", "0", "moreorless"})
  void anUnknownConstantIsRefusedWithTheKnownOnes(String text) {
    refused(Jitter.class, text, "one of none, full, more-or-less");
  }

  private static <T> T read(Class<T> type, String text) {
    return config(text).get(ConfigOption.required("an-option", type, "for tests"));
  }

  private static void refused(Class<?> type, String text, String accepted) {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> read(type, text))
        .withMessageContainingAll("'payments'", "'an-option'", "'" + text + "'", accepted)
        .withNoCause();
  }

  private static LimiterConfig config(String text) {
    return LimiterConfig.of("payments", Map.of("an-option", text), LimiterEnvironment.system());
  }
}
