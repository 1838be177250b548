package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.failure;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.OutcomePermit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How long a breaker stays open: a time that grows, one that follows the failure, one that an
 * operator gives, and until {@code reset}.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class OpenTimeTest {
  private final ManualTime time;

  OpenTimeTest(long origin) {
    time = new ManualTime(origin);
  }

  /** Checks the time from both sides, and ends just as it has passed. */
  private void staysOpenFor(CircuitBreaker breaker, Duration duration) {
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(refusal(breaker).retryAfter()).hasValue(duration);
    time.advance(duration.minusNanos(1));
    assertThat(refusal(breaker).retryAfter()).hasValue(ONE_NANO);
    time.advance(ONE_NANO);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  // ---- A time that grows

  private CircuitBreaker growing() {
    return breakerOn(time)
        .failureThreshold(1)
        .timeout(Duration.ofSeconds(10))
        .timeoutMultiplier(2)
        .maxTimeout(Duration.ofSeconds(60))
        .build();
  }

  @Test
  void itGrowsWithEachProbeThatFailsUpToTheMaximum() {
    CircuitBreaker breaker = growing();
    for (int seconds : new int[] {10, 20, 40, 60, 60}) {
      fail(breaker);
      staysOpenFor(breaker, Duration.ofSeconds(seconds));
    }
  }

  @Test
  void onceItHasClosedItBeginsAnew() {
    CircuitBreaker breaker = growing();
    fail(breaker);
    time.advance(Duration.ofSeconds(10));
    fail(breaker);
    time.advance(Duration.ofSeconds(20));
    succeed(breaker);
    fail(breaker);
    staysOpenFor(breaker, Duration.ofSeconds(10));
    fail(breaker);
    breaker.reset();
    fail(breaker);
    staysOpenFor(breaker, Duration.ofSeconds(10));
  }

  @Test
  void openedByHandItStaysOpenForTheTimeoutAndThenGrowsOn() {
    CircuitBreaker breaker = growing();
    fail(breaker);
    time.advance(Duration.ofSeconds(10));
    fail(breaker);
    breaker.forceOpen();
    staysOpenFor(breaker, Duration.ofSeconds(10));
    fail(breaker);
    staysOpenFor(breaker, Duration.ofSeconds(40));
  }

  @Test
  void withoutAMaximumAnHourIsOne() {
    CircuitBreaker breaker = breakerOn(time).failureThreshold(1).timeoutMultiplier(1e300).build();
    fail(breaker);
    staysOpenFor(breaker, TIMEOUT);
    for (int i = 0; i < 3; i++) {
      fail(breaker);
      staysOpenFor(breaker, Duration.ofHours(1));
    }
    Duration day = Duration.ofDays(1);
    CircuitBreaker slow =
        breakerOn(time).failureThreshold(1).timeout(day).timeoutMultiplier(2).build();
    fail(slow);
    staysOpenFor(slow, day);
    fail(slow);
    staysOpenFor(slow, day);
  }

  /** Promises: All 12. */
  @Test
  void oneThatIsOpenForLongerIsNotIdleForTwiceThatTime() {
    CircuitBreaker breaker = growing();
    fail(breaker);
    time.advance(Duration.ofSeconds(10));
    fail(breaker);
    time.advance(Duration.ofSeconds(40).minusNanos(1));
    assertThat(breaker.isIdle()).isFalse();
    time.advance(ONE_NANO);
    assertThat(breaker.isIdle()).isTrue();
    Permit probe = admitted(breaker);
    probe.release();
    time.advance(Duration.ofSeconds(40).minusNanos(1));
    assertThat(breaker.isIdle()).isFalse();
    time.advance(ONE_NANO);
    assertThat(breaker.isIdle()).isTrue();
  }

  // ---- A time that follows the failure

  private static final class Busy extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient @Nullable Duration retryAfter;

    Busy(@Nullable Duration retryAfter) {
      this.retryAfter = retryAfter;
    }
  }

  private CircuitBreaker.Builder following() {
    return breakerOn(time)
        .failureThreshold(1)
        .timeoutFunction(
            (error, result) ->
                error instanceof Busy busy
                    ? busy.retryAfter
                    : result instanceof Duration answer ? answer : null)
        .recordFailureIfResult(Duration.class::isInstance);
  }

  @Test
  void itFollowsTheFailure() {
    CircuitBreaker breaker = following().build();
    failWith(breaker, new Busy(Duration.ofSeconds(7)));
    staysOpenFor(breaker, Duration.ofSeconds(7));
    failWith(breaker, new ExecutionException(new Busy(Duration.ofMinutes(5))));
    staysOpenFor(breaker, Duration.ofMinutes(5));
    ((OutcomePermit) admitted(breaker)).recordResult(Duration.ofSeconds(3));
    staysOpenFor(breaker, Duration.ofSeconds(3));
  }

  @Test
  void whereTheFailureSaysNothingUsefulItIsTheUsualTime() {
    CircuitBreaker breaker = following().timeoutMultiplier(2).build();
    failWith(breaker, new Busy(null));
    staysOpenFor(breaker, TIMEOUT);
    failWith(breaker, new Busy(Duration.ZERO));
    staysOpenFor(breaker, TIMEOUT.multipliedBy(2));
    failWith(breaker, new Busy(Duration.ofSeconds(Long.MIN_VALUE)));
    staysOpenFor(breaker, TIMEOUT.multipliedBy(4));
    failWith(breaker, new Busy(Duration.ofSeconds(1)));
    staysOpenFor(breaker, Duration.ofSeconds(1));
  }

  @Test
  void aCalleeCannotCloseItselfOffForEver() {
    CircuitBreaker breaker = following().build();
    failWith(breaker, new Busy(Duration.ofSeconds(Long.MAX_VALUE)));
    staysOpenFor(breaker, Duration.ofHours(1));
    CircuitBreaker bounded = following().maxTimeout(TIMEOUT).build();
    failWith(bounded, new Busy(Duration.ofDays(1)));
    staysOpenFor(bounded, TIMEOUT);
  }

  /** Promises: All 14. */
  @Test
  void aFunctionThatThrowsIsLoggedOnceAndCountsAsNoAnswer() {
    CircuitBreaker breaker =
        breakerOn(time)
            .failureThreshold(1)
            .logLevel(System.Logger.Level.OFF)
            .timeoutFunction(
                (error, result) -> {
                  throw new AssertionError("broken");
                })
            .build();
    try (Logged logged = new Logged()) {
      fail(breaker);
      staysOpenFor(breaker, TIMEOUT);
      fail(breaker);
      staysOpenFor(breaker, TIMEOUT);
      assertThat(logged.entries()).hasSize(1);
      assertThat(logged.entries().get(0).message()).contains("timeoutFunction of 'payments'");
    }
  }

  @Test
  void slownessHasNoFailureToFollow() {
    List<Object> asked = new ArrayList<>();
    CircuitBreaker breaker =
        breakerOn(time)
            .countWindow(1)
            .slowCallDuration(TIMEOUT)
            .timeoutFunction(
                (error, result) -> {
                  asked.add("asked");
                  return ONE_NANO;
                })
            .build();
    Permit slow = admitted(breaker);
    time.advance(TIMEOUT);
    slow.recordSuccess();
    staysOpenFor(breaker, TIMEOUT);
    breaker.forceOpen();
    staysOpenFor(breaker, TIMEOUT);
    assertThat(asked).isEmpty();
  }

  // ---- By hand

  @Test
  void anOperatorSaysForHowLong() {
    CircuitBreaker breaker = breakerOn(time).failureThreshold(1).build();
    breaker.forceOpen(Duration.ofHours(3));
    staysOpenFor(breaker, Duration.ofHours(3));
    fail(breaker);
    staysOpenFor(breaker, TIMEOUT);
    breaker.forceOpen(ONE_NANO);
    time.advance(ONE_NANO);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  @SuppressWarnings("NullAway")
  void aTimeThatIsNoneIsRejected() {
    CircuitBreaker breaker = breakerOn(time).build();
    for (Duration none : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
      assertThatThrownBy(() -> breaker.forceOpen(none))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("duration must be positive for circuit breaker 'payments', was " + none);
    }
    assertThatNullPointerException().isThrownBy(() -> breaker.forceOpen(null));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void isolatedItStaysOpenUntilItIsReset() {
    CircuitBreaker breaker = breakerOn(time).failureThreshold(1).build();
    Permit running = admitted(breaker);
    breaker.isolate();
    assertThat(breaker.isIsolated()).isTrue();
    running.recordSuccess();
    for (int years = 0; years < 300; years += 100) {
      assertThat(breaker.state()).isEqualTo(State.OPEN);
      assertThat(refusal(breaker).retryAfter()).isEmpty();
      assertThat(breaker.isIdle()).isFalse();
      time.advance(Duration.ofDays(365 * 95));
    }
    breaker.isolate();
    breaker.forceOpen();
    breaker.forceOpen(ONE_NANO);
    time.advance(TIMEOUT);
    assertThat(breaker.isIsolated()).isTrue();
    assertThat(failure(breaker.acquire())).hasMessageContaining("isolate(), until reset()");
    breaker.reset();
    assertThat(breaker.isIsolated()).isFalse();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.isIdle()).isTrue();
    succeed(breaker);
  }

  @Test
  void isolatedInWhateverStateItKeepsItsCount() {
    List<String> changes = new ArrayList<>();
    CircuitBreaker breaker =
        breakerOn(time)
            .failureThreshold(3)
            .onStateChange((from, to) -> changes.add(from + ">" + to))
            .build();
    fail(breaker, 2);
    breaker.isolate();
    assertThat(breaker.failureCount()).isEqualTo(2);
    breaker.reset();
    fail(breaker, 3);
    breaker.isolate();
    assertThat(breaker.failureCount()).isEqualTo(3);
    breaker.reset();
    fail(breaker, 3);
    time.advance(TIMEOUT);
    Permit probe = admitted(breaker);
    breaker.isolate();
    probe.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(3);
    breaker.close();
    breaker.isolate();
    assertThat(breaker.isIsolated()).as("closed for good").isFalse();
    assertThat(changes)
        .containsExactly(
            "CLOSED>OPEN",
            "OPEN>CLOSED",
            "CLOSED>OPEN",
            "OPEN>CLOSED",
            "CLOSED>OPEN",
            "OPEN>HALF_OPEN",
            "HALF_OPEN>OPEN");
  }
}
