package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.spi.MessageText;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class RateTest {

  @ParameterizedTest
  @CsvSource({
    "100/s, 100, PT1S",
    "5/m, 5, PT1M",
    "1000/h, 1000, PT1H",
    "1/d, 1, PT24H",
    "1/10s, 1, PT10S",
    "1/ns, 1, PT0.000000001S",
    "7/3us, 7, PT0.000003S",
    "7/250ms, 7, PT0.25S",
    "007/010s, 7, PT10S",
    "9223372036854775807/s, 9223372036854775807, PT1S",
  })
  void aWholeNumberIsKeptAsWritten(String text, long permits, Duration period) {
    assertThat(Rate.parse(text)).isEqualTo(new Rate(permits, period));
  }

  @Test
  void aWholeNumberIsNotReducedAgainstItsPeriod() {
    assertThat(Rate.parse("100/10s")).isEqualTo(new Rate(100, Duration.ofSeconds(10)));
    assertThat(Rate.parse("60/m")).isNotEqualTo(Rate.parse("1/s"));
  }

  @ParameterizedTest
  @CsvSource({
    "2.5/s, 5, PT2S",
    "2.50/s, 5, PT2S",
    "2.0/s, 2, PT1S",
    "0.5/10s, 1, PT20S",
    "2.5/10s, 5, PT20S",
    "0.001/ms, 1, PT1S",
    "33.33/m, 3333, PT100M",
    "0.000000000000000001/ns, 1, PT1000000000S",
  })
  void aFractionIsTakenInLowestTerms(String text, long permits, Duration period) {
    assertThat(Rate.parse(text)).isEqualTo(new Rate(permits, period));
  }

  @ParameterizedTest
  @CsvSource({
    "60/60s, 60/m",
    "1/1000ms, 1/s",
    "5/90s, 5/90s",
    "1/86400s, 1/d",
    "2.5/s, 5/2s",
    "1/1500us, 1/1500us",
  })
  void itsTextUsesTheLargestUnitThatFits(String text, String written) {
    assertThat(Rate.parse(text)).hasToString(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "100", "/s", "100/", "100s", "100/x", "100 / s", " 100/s", "100/s ", "+100/s",
        "-1/s", "1e/s", "1e1000/s", ".5/s", "1./s", "1.2.3/s", "1/1.5s", "1/-1s", "100/S",
            "100/s/s", "1/µs",
        "1/sec", "1,5/s", "٣/s", "100\n/s", "NaN/s", "0x1/s"
      })
  void otherTextIsRefusedAndShownWithWhatIsAccepted(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.parse(text))
        .withMessageContainingAll(
            MessageText.quote(text), "<decimal>/[<integer>]<ns|us|ms|s|m|h|d>", "100/s");
  }

  /** Java prints a double so. */
  @ParameterizedTest
  @CsvSource({
    "5.0E-4/s, 1, PT2000S",
    "1.0E7/s, 10000000, PT1S",
    "1e3/10s, 1000, PT10S",
    "2.5e+0/s, 5, PT2S",
  })
  void anExponentIsRead(String text, long permits, Duration period) {
    assertThat(Rate.parse(text)).isEqualTo(new Rate(permits, period));
  }

  @Test
  void aRatePrintedFromADoubleIsRoundedDownToWhatABucketCanHold() {
    Rate rate = Rate.parse("0.7692307692307693/s");

    assertThat(rate.period()).isLessThanOrEqualTo(Duration.ofDays(36_525));
    assertThat(rate.permits()).isPositive();
    assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
  }

  @Test
  void aLongFractionThatCanBeHeldIsExact() {
    assertThat(Rate.parse("33.333333/s"))
        .isEqualTo(new Rate(33_333_333, Duration.ofSeconds(1000000)));
    assertThat(Rate.parse("0.000000001/s")).isEqualTo(new Rate(1, Duration.ofSeconds(1000000000)));
  }

  @Test
  void aRateOfLessThanAPermitInACenturyIsNotRoundedToNothing() {
    assertThat(Rate.parse("0.0000000001/s"))
        .isEqualTo(new Rate(1, Duration.ofSeconds(10_000_000_000L)));
  }

  @Test
  void aRateOfThousandsOfDigitsIsRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.parse("0." + "1".repeat(100_000) + "/s"))
        .withMessageContaining("not a rate")
        .withMessageNotContaining("1111");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/s", "0.0/s", "0.000/10m", "00/s"})
  void aRateOfNothingIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.parse(text))
        .withMessageContainingAll("rate must be positive", text, "100/s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1/0s", "2.5/0ms", "1/000h"})
  void aPeriodOfNothingIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.parse(text))
        .withMessageContainingAll("period", "positive", text, "1/10s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9223372036854775808/s",
        "99999999999999999999999999/s",
        "9223372036854775807.5/s",
        "1/9223372036854775808s",
        "1/9223372036854775807m",
        "0.5/9223372036854775807s",
        "0.0000000000000000000000000000000001/s"
      })
  void whatDoesNotFitIsRefusedAndNeverRounded(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.parse(text))
        .withMessageContainingAll("out of range", "'" + text + "'", "64-bit");
  }

  @Test
  void aPeriodOfCenturiesCountedInNanosecondsIsRead() {
    Rate rate = new Rate(1, Duration.ofDays(365 * 400).plusNanos(1));

    assertThat(Rate.parse(rate.toString())).isEqualTo(rate);
  }

  @Test
  void permitsBelowOneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rate.perSecond(0))
        .withMessage("rate must be positive, was 0/s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rate(-3, Duration.ofMinutes(2)))
        .withMessage("rate must be positive, was -3/2m");
  }

  @Test
  void aPeriodThatIsNotPositiveIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rate(1, Duration.ZERO))
        .withMessageContainingAll("period", "PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Rate(1, Duration.ofSeconds(-1)))
        .withMessageContainingAll("period", "PT-1S");
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> Rate.parse(null)).withMessage("text");
    assertThatNullPointerException().isThrownBy(() -> new Rate(1, null)).withMessage("period");
  }

  @Test
  void perSecondIsPerSecond() {
    assertThat(Rate.perSecond(7)).isEqualTo(Rate.parse("7/s"));
  }
}
