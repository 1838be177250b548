package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each question answers the truth in every state, also if no call comes. (The wait of an open
 * breaker was estimated as zero, and its state was OPEN long after a probe would have been
 * granted.)
 *
 * <p>Promises: Circuit breaker 6.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class TrueAnswersTest {
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private final ManualTime time;
  private final List<String> changes = new ArrayList<>();
  private final CircuitBreaker breaker;

  TrueAnswersTest(long origin) {
    time = new ManualTime(origin);
    breaker =
        breakerOn(time)
            .failureThreshold(1)
            .onStateChange((from, to) -> changes.add(from + ">" + to))
            .build();
  }

  private void says(State state, Duration wait) {
    assertThat(breaker.state()).isEqualTo(state);
    assertThat(breaker.estimateWait(1)).isEqualTo(wait);
    assertThat(breaker.estimateWait(1_000)).as("it is one call").isEqualTo(wait);
    assertThat(breaker.toString()).contains("state=" + state);
  }

  @Test
  void theWaitOfAnOpenBreakerIsTheTimeThatItsRejectionsSay() {
    says(State.CLOSED, Duration.ZERO);
    fail(breaker);
    says(State.OPEN, TIMEOUT);
    time.advance(Duration.ofSeconds(20));
    says(State.OPEN, Duration.ofSeconds(40));
    assertThat(refusal(breaker).retryAfter()).hasValue(Duration.ofSeconds(40));
    time.advance(Duration.ofSeconds(40).minusNanos(1));
    says(State.OPEN, ONE_NANO);
  }

  @Test
  void anOpenBreakerIsHalfOpenOnceItsTimeHasPassedThoughNoCallComes() {
    fail(breaker);
    time.advance(TIMEOUT);
    says(State.HALF_OPEN, Duration.ZERO);
    time.advance(Duration.ofDays(365));
    says(State.HALF_OPEN, Duration.ZERO);
    assertThat(changes)
        .as("listeners hear of it with the next call")
        .containsExactly("CLOSED>OPEN");
    Permit probe = admitted(breaker);
    assertThat(changes).containsExactly("CLOSED>OPEN", "OPEN>HALF_OPEN");
    says(State.HALF_OPEN, Duration.ZERO);
    probe.recordSuccess();
    says(State.CLOSED, Duration.ZERO);
    assertThat(changes).hasSize(3);
  }

  @Test
  void theWaitForAProbeToEndIsNotKnown() {
    fail(breaker);
    time.advance(TIMEOUT);
    admitted(breaker);
    assertThat(refusal(breaker).retryAfter()).isEmpty();
    says(State.HALF_OPEN, Duration.ZERO);
  }

  @Test
  void anIsolatedBreakerIsOpenForTheLongestTime() {
    breaker.isolate();
    says(State.OPEN, LONGEST);
    time.advance(Duration.ofDays(365));
    says(State.OPEN, LONGEST);
    breaker.reset();
    says(State.CLOSED, Duration.ZERO);
  }

  @Test
  void aForcedBreakerSaysItsOwnTime() {
    breaker.forceOpen(Duration.ofHours(2));
    says(State.OPEN, Duration.ofHours(2));
    time.advance(Duration.ofHours(2));
    says(State.HALF_OPEN, Duration.ZERO);
  }

  @Test
  void oneThatIsClosedForGoodGrantsNothingEverAgain() {
    fail(breaker);
    breaker.close();
    time.advance(TIMEOUT.multipliedBy(3));
    says(State.OPEN, LONGEST);
    assertThat(breaker.isIdle()).isFalse();
    assertThat(breaker.toString()).contains("closed=true");
  }

  @Test
  void theLongestTimeoutIsNoneThatHasPassed() {
    CircuitBreaker stubborn =
        breakerOn(time).failureThreshold(1).timeout(Duration.ofSeconds(Long.MAX_VALUE)).build();
    fail(stubborn);
    assertThat(stubborn.state()).isEqualTo(State.OPEN);
    assertThat(stubborn.estimateWait(1)).isEqualTo(LONGEST);
  }

  @Test
  void anEstimateChecksItsArgument() {
    assertThatThrownBy(() -> breaker.estimateWait(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("permits must be at least 1");
  }

  /** Promises: All 12. */
  @Test
  void askingChangesNothing() {
    fail(breaker);
    time.advance(TIMEOUT.multipliedBy(2));
    assertThat(breaker.isIdle()).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
      assertThat(breaker.failureCount()).isEqualTo(1);
      assertThat(breaker.toString()).contains("HALF_OPEN");
    }
    assertThat(breaker.isIdle()).isTrue();
    succeed(breaker);
  }

  @Test
  void aClockThatStumblesMakesNoOpenBreakerHalfOpen() {
    long[] now = {1_000_000};
    CircuitBreaker stumbling =
        CircuitBreaker.builder()
            .failureThreshold(1)
            .timeout(Duration.ofSeconds(Long.MAX_VALUE))
            .timeSource(new ReadableTime(() -> now[0]))
            .build();
    fail(stumbling);
    now[0] = 0;
    assertThat(stumbling.state()).isEqualTo(State.OPEN);
    assertThat(stumbling.tryAcquire()).isEmpty();
  }
}
