package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Limiters;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class RateLimitHeadersTest {
  private final AsyncRateLimiter limiter =
      Limiters.rateLimiter(
          "token-bucket",
          Map.of("rate", "1/h", "capacity", "10"),
          LimiterEnvironment.system().withTimeSource(new ManualTime()));

  private final RateLimitHeaders fields =
      new RateLimitHeaders(new QuotaPolicy("upstream", 1, 3_600, 10), limiter);
  private final Headers headers = new Headers();

  @Test
  void aFullBucketHasItsCapacityLeft() {
    fields.describe(headers);
    assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"upstream\";q=1;w=3600");
    assertThat(headers.getFirst("RateLimit")).isEqualTo("\"upstream\";r=10;t=3600");
  }

  @ParameterizedTest
  @CsvSource({"1,9", "4,6", "9,1", "10,0"})
  void whatIsTakenIsNoLongerLeft(long taken, long left) {
    assertThat(limiter.tryAcquire(taken)).isPresent();
    fields.describe(headers);
    assertThat(headers.getFirst("RateLimit")).isEqualTo("\"upstream\";r=" + left + ";t=3600");
  }

  @Test
  void aRefusalSaysWhenToComeBack() {
    fields.describe(headers, refusal(Duration.ofMillis(2_001)));
    assertThat(headers.getFirst("RateLimit-Policy")).isEqualTo("\"upstream\";q=1;w=3600");
    assertThat(headers.getFirst("RateLimit")).isEqualTo("\"upstream\";r=0;t=3");
  }

  @ParameterizedTest
  @CsvSource({"0,1", "1,1", "999999999,1", "1000000000,1", "1000000001,2", "2000000000,2"})
  void secondsAreWholeRoundedUpAndAtLeastOne(long nanos, long seconds) {
    assertThat(RateLimitHeaders.wholeSeconds(Duration.ofNanos(nanos))).isEqualTo(seconds);
    assertThat(RateLimitHeaders.retryAfter(refusal(Duration.ofNanos(nanos)))).isEqualTo(seconds);
  }

  @Test
  void aRefusalThatDoesNotKnowWhenSaysOneSecond() {
    RejectedException refusal = new RejectedException("upstream", Reason.CONCURRENCY, null);
    assertThat(RateLimitHeaders.retryAfter(refusal)).isEqualTo(1);
  }

  @Test
  void aNameIsAStructuredString() {
    assertThat(RateLimitHeaders.limitField("a \"b\" \\c", 7, 2))
        .isEqualTo("\"a \\\"b\\\" \\\\c\";r=7;t=2");
  }

  @Test
  void aNameThatNoFieldCanCarryIsRefused() {
    assertThatThrownBy(() -> RateLimitHeaders.limitField("caf\u00e9", 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ASCII");
  }

  private static RejectedException refusal(Duration retryAfter) {
    return new RateLimitExceededException("upstream", Reason.RATE, retryAfter);
  }
}
