package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.RejectedException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("unit")
class RefusalsTest {

  @Test
  void aRefusalHasNoStackTrace() {
    assertThat(new RejectedException("payments", Reason.RATE, null).getStackTrace()).isEmpty();
    assertThat(new RateLimitExceededException("payments", Reason.RATE, null).getStackTrace())
        .isEmpty();
    assertThat(new LimiterClosedException("payments").getStackTrace()).isEmpty();
  }

  /** Promises: All 8. */
  @Test
  void itSaysWhoRefusedWhyAndWhenToComeBack() {
    RejectedException refusal =
        new RateLimitExceededException("payments", Reason.RATE, Duration.ofMillis(1500));

    assertThat(refusal.limiter()).isEqualTo("payments");
    assertThat(refusal.reason()).isEqualTo(Reason.RATE);
    assertThat(refusal.retryAfter()).contains(Duration.ofMillis(1500));
    assertThat(refusal).hasMessageContainingAll("'payments'", "RATE", "PT1.5S").hasNoCause();
  }

  /** Promises: All 8. */
  @Test
  void itDoesNotInventATimeToComeBack() {
    RejectedException refusal = new RejectedException("payments", Reason.CONCURRENCY, null);

    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(refusal.getMessage()).doesNotContain("retry after");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonIsSaidInWords(Reason reason) {
    assertThat(new RejectedException("payments", reason, null))
        .hasMessageMatching("limiter 'payments' rejected the call \\(" + reason + "\\): [a-z ]+");
  }

  @Test
  void wholeSecondsAreRoundedUp() {
    assertThat(secondsOf(Duration.ofNanos(1))).hasValue(1);
    assertThat(secondsOf(Duration.ofSeconds(7))).hasValue(7);
    assertThat(secondsOf(Duration.ofSeconds(7, 1))).hasValue(8);
    assertThat(secondsOf(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))).hasValue(Long.MAX_VALUE);
    assertThat(secondsOf(null)).isEmpty();
  }

  private static OptionalLong secondsOf(@Nullable Duration retryAfter) {
    return new RejectedException("payments", Reason.RATE, retryAfter).retryAfterSeconds();
  }

  @Test
  void theKeyIsNamedShortenedAndEscaped() {
    String key = "tenant-7\r\n\u200b\u202e" + "x".repeat(100);

    RejectedException rejection = new RejectedException("payments", Reason.RATE, null, key, null);

    String shown = "tenant-7\\u000d\\u000a\\u200b\\u202e" + "x".repeat(52) + "…";
    assertThat(rejection.key()).contains(shown);
    assertThat(rejection).hasMessageContaining("for key '" + shown + "' (RATE)");
    assertThat(new RejectedException("payments", Reason.RATE, null).key()).isEmpty();
  }

  @Test
  void aKeyWhoseToStringThrowsIsNamedByItsClass() {
    Object key =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text");
          }
        };

    assertThat(new RejectedException("payments", Reason.RATE, null, key, null).key().orElseThrow())
        .startsWith(RefusalsTest.class.getName());
  }

  @Test
  void itCarriesItsCause() {
    IllegalStateException cause = new IllegalStateException("connection refused");

    assertThat(new RateLimitExceededException("a", Reason.UNAVAILABLE, null, null, cause))
        .hasCause(cause);
  }

  @Test
  void aClosedLimiterSaysSoAndNotWhenToComeBack() {
    LimiterClosedException refusal = new LimiterClosedException("payments");

    assertThat(refusal.reason()).isEqualTo(Reason.CLOSED);
    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(refusal).isInstanceOf(RejectedException.class).hasMessageContaining("closed");
  }

  @Test
  void itSurvivesBeingSentElsewhere() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(sent)) {
      out.writeObject(
          new RateLimitExceededException("payments", Reason.QUEUE_FULL, Duration.ofSeconds(2)));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(sent.toByteArray()))) {
      RateLimitExceededException received = (RateLimitExceededException) in.readObject();
      assertThat(received.limiter()).isEqualTo("payments");
      assertThat(received.reason()).isEqualTo(Reason.QUEUE_FULL);
      assertThat(received.retryAfter()).contains(Duration.ofSeconds(2));
    }
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException()
        .isThrownBy(() -> new RejectedException(null, Reason.RATE, null));
    assertThatNullPointerException().isThrownBy(() -> new RejectedException("x", null, null));
  }

  @Test
  void aConfigurationErrorIsAnIllegalArgumentWithOrWithoutACause() {
    IllegalStateException cause = new IllegalStateException("x");

    assertThat(new LimiterConfigException("wrong"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("wrong")
        .hasNoCause();
    assertThat(new LimiterConfigException("wrong", cause)).hasCause(cause);
  }
}
