package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.cancel;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When a breaker may be forgotten.
 *
 * <p>Promises: All 12.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class IdleTest {
  private final ManualTime time;
  private final CircuitBreaker breaker;

  IdleTest(long origin) {
    time = new ManualTime(origin);
    breaker = breakerOn(time).failureThreshold(2).build();
  }

  private void becomesIdleAfter(CircuitBreaker breaker, Duration wait) {
    assertThat(breaker.isIdle()).isFalse();
    time.advance(wait.minusNanos(1));
    assertThat(breaker.isIdle()).as("a nanosecond before").isFalse();
    time.advance(ONE_NANO);
    assertThat(breaker.isIdle()).isTrue();
  }

  // ---- CLOSED

  @Test
  void aFreshOneIsIdle() {
    assertThat(breaker.isIdle()).isTrue();
  }

  @Test
  void oneWithoutFailuresIsIdleThoughCallsRun() {
    admitted(breaker);
    succeed(breaker);
    assertThat(breaker.isIdle()).isTrue();
  }

  @Test
  void oneThatCountsAFailureIsNotIdleForTheTimeout() {
    fail(breaker);
    becomesIdleAfter(breaker, TIMEOUT);
  }

  @Test
  void anotherFailureBeginsThatTimeAnew() {
    CircuitBreaker patient = breakerOn(time).build();
    fail(patient);
    time.advance(TIMEOUT.minusNanos(1));
    fail(patient);
    becomesIdleAfter(patient, TIMEOUT);
  }

  @Test
  void aSuccessMakesItIdle() {
    fail(breaker);
    succeed(breaker);
    assertThat(breaker.isIdle()).isTrue();
  }

  @Test
  void aResetMakesItIdle() {
    breaker.forceOpen();
    breaker.reset();
    assertThat(breaker.isIdle()).isTrue();
    fail(breaker);
    breaker.reset();
    assertThat(breaker.isIdle()).isTrue();
  }

  // ---- CLOSED, with a window

  @Test
  void aCountWindowWithAFailureIsNotIdleForTheTimeout() {
    CircuitBreaker windowed = breakerOn(time).countWindow(10).build();
    assertThat(windowed.isIdle()).isTrue();
    succeed(windowed);
    assertThat(windowed.isIdle()).isTrue();
    fail(windowed);
    time.advance(TIMEOUT.minusNanos(1));
    succeed(windowed); // something new
    becomesIdleAfter(windowed, TIMEOUT);
  }

  @Test
  void aCountWindowThatTheFailureHasLeftIsIdle() {
    CircuitBreaker strict = breakerOn(time).countWindow(2).failureRateThreshold(1.0).build();
    fail(strict);
    succeed(strict);
    assertThat(strict.isIdle()).isFalse();
    succeed(strict);
    assertThat(strict.isIdle()).isTrue();
  }

  @Test
  void aSlowCallInTheWindowCountsToo() {
    CircuitBreaker windowed =
        breakerOn(time).countWindow(10).slowCallDuration(Duration.ofSeconds(1)).build();
    Permit permit = admitted(windowed);
    time.advance(Duration.ofSeconds(1));
    permit.recordSuccess();
    assertThat(windowed.failureCount()).isZero();
    becomesIdleAfter(windowed, TIMEOUT);
  }

  @Test
  void aTimeWindowWithAFailureIsNotIdleForTheLongerOfWindowAndTimeout() {
    Duration hour = Duration.ofHours(1);
    CircuitBreaker longWindow = breakerOn(time).timeWindow(hour).failureRateThreshold(1.0).build();
    assertThat(longWindow.isIdle()).isTrue();
    fail(longWindow);
    time.advance(hour.dividedBy(2));
    succeed(longWindow);
    assertThat(longWindow.isIdle()).isFalse();
    time.advance(hour.dividedBy(2));
    assertThat(longWindow.failureCount()).as("left the window").isZero();
    assertThat(longWindow.isIdle()).isTrue();
    CircuitBreaker shortWindow = breakerOn(time).timeWindow(Duration.ofSeconds(1)).build();
    fail(shortWindow);
    assertThat(shortWindow.isIdle()).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(shortWindow.isIdle()).as("no failure in the window").isTrue();
  }

  // ---- OPEN

  @Test
  void anOpenOneIsNotIdleForTwiceItsTimeout() {
    fail(breaker, 2);
    becomesIdleAfter(breaker, TIMEOUT.multipliedBy(2));
  }

  @Test
  void oneThatOpenedAgainIsNotIdleForTwiceItsTimeout() {
    fail(breaker, 2);
    time.advance(TIMEOUT.multipliedBy(3));
    fail(breaker);
    becomesIdleAfter(breaker, TIMEOUT.multipliedBy(2));
  }

  @Test
  void oneThatWasForcedOpenIsNotIdleUntilItIsReset() {
    fail(breaker, 2);
    breaker.forceOpen();
    time.advance(Duration.ofDays(1));
    assertThat(breaker.isIdle()).isFalse();
    time.advance(Duration.ofDays(365));
    assertThat(breaker.isIdle()).isFalse();
    succeed(breaker);
    assertThat(breaker.isIdle()).isTrue();
  }

  @Test
  void oneThatWasForcedOpenIsNotIdleInItsProbesTimeEither() {
    breaker.forceOpen();
    letProbesIn(breaker, time, TIMEOUT);
    cancel(breaker);
    time.advance(Duration.ofDays(1));
    assertThat(breaker.isIdle()).isFalse();
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(Duration.ofDays(1));
    assertThat(breaker.isIdle()).isFalse();
    succeed(breaker);
    assertThat(breaker.isIdle()).isTrue();
  }

  // ---- HALF_OPEN

  @Test
  void aHalfOpenOneWithAProbeOutIsNotIdle() {
    CircuitBreaker patient =
        breakerOn(time).failureThreshold(1).probeTimeout(Duration.ofDays(9)).build();
    fail(patient);
    time.advance(TIMEOUT);
    Permit probe = admitted(patient);
    time.advance(Duration.ofDays(1));
    assertThat(patient.isIdle()).isFalse();
    probe.release();
    assertThat(patient.isIdle()).isTrue();
  }

  @Test
  void aHalfOpenOneIsNotIdleForTwiceItsTimeoutAfterItsLastProbeWasAdmitted() {
    fail(breaker, 2);
    letProbesIn(breaker, time, TIMEOUT);
    time.advance(TIMEOUT.minusNanos(1));
    cancel(breaker);
    becomesIdleAfter(breaker, TIMEOUT.multipliedBy(2));
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    cancel(breaker);
    assertThat(breaker.isIdle()).isFalse();
  }

  @Test
  void aProbeThatNeverReportsDoesNotKeepItFromBeingIdleForEver() {
    fail(breaker, 2);
    time.advance(TIMEOUT);
    admitted(breaker); // and lost
    refusal(breaker);
    becomesIdleAfter(breaker, TIMEOUT.multipliedBy(2));
  }

  // ---- Closed for good

  @Test
  void oneThatIsClosedForGoodIsNotIdle() {
    breaker.close();
    assertThat(breaker.isIdle()).isFalse();
    time.advance(Duration.ofDays(365));
    assertThat(breaker.isIdle()).isFalse();
  }
}
