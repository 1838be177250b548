package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.cancel;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With a window: the rates of failures and of slow calls.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class RatesTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time;

  RatesTest(long origin) {
    time = new ManualTime(origin);
  }

  private static void succeed(CircuitBreaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      Steps.succeed(breaker);
    }
  }

  // ---- Failures

  @Test
  void threeOfThirtyAreATenth() {
    CircuitBreaker breaker =
        breakerOn(time).countWindow(30).minimumCalls(30).failureRateThreshold(0.1).build();
    succeed(breaker, 28);
    fail(breaker, 2);
    assertThat(breaker.state()).as("with 2 of 30").isEqualTo(State.CLOSED);
    fail(breaker);
    assertThat(breaker.state()).as("with 3 of the last 30").isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(3);
  }

  @Test
  void everyFractionIsExactWhenWrittenAsADecimal() {
    for (int percent = 1; percent <= 100; percent++) {
      BreakerRule rule = Rules.failureRate(Double.parseDouble(percent + "e-2"), 1);
      for (int calls : new int[] {100, 300, 700, 100_000}) {
        long least = (long) calls * percent / 100;
        assertThat(rule.trips(calls, least, 0)).as("%s of %s", least, calls).isTrue();
        assertThat(rule.trips(calls, least - 1, 0)).isFalse();
      }
    }
  }

  @Test
  void halfOfTenIsTheDefault() {
    CircuitBreaker breaker = breakerOn(time).countWindow(100).build();
    fail(breaker, 5);
    succeed(breaker, 4);
    assertThat(breaker.state()).as("with 9 calls").isEqualTo(State.CLOSED);
    succeed(breaker, 1);
    assertThat(breaker.state()).as("with 5 of 10").isEqualTo(State.OPEN);
  }

  @Test
  void aSmallerWindowNeedsToBeFull() {
    CircuitBreaker breaker = breakerOn(time).countWindow(4).build();
    fail(breaker, 3);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void minimumCallsMayBeFewer() {
    CircuitBreaker breaker = breakerOn(time).countWindow(100).minimumCalls(2).build();
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void failuresInARowPlayNoPartWithAWindow() {
    CircuitBreaker breaker = breakerOn(time).countWindow(10).build();
    fail(breaker, 9);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isEqualTo(9);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void theFailureCountIsTheWindows() {
    CircuitBreaker breaker = breakerOn(time).countWindow(4).failureRateThreshold(1.0).build();
    fail(breaker, 3);
    succeed(breaker, 1);
    assertThat(breaker.failureCount()).isEqualTo(3);
    succeed(breaker, 2);
    assertThat(breaker.failureCount()).isEqualTo(1);
    succeed(breaker, 1);
    assertThat(breaker.failureCount()).isZero();
  }

  @Test
  void whatLeavesTheWindowIsForgottenThoughItIsFullOfGood() {
    CircuitBreaker breaker = breakerOn(time).countWindow(10).build();
    succeed(breaker, 1_000);
    fail(breaker, 4);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    succeed(breaker, 7);
    assertThat(breaker.failureCount()).isEqualTo(3);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isEqualTo(3);
  }

  @Test
  void itClosesWithAFreshWindow() {
    for (CircuitBreaker breaker :
        List.of(
            breakerOn(time).countWindow(10).build(),
            breakerOn(time).timeWindow(Duration.ofHours(1)).build())) {
      fail(breaker, 10);
      letProbesIn(breaker, time, TIMEOUT);
      assertThat(breaker.failureCount()).isEqualTo(10);
      Steps.succeed(breaker);
      assertThat(breaker.failureCount()).isZero();
      fail(breaker, 9);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      fail(breaker);
      assertThat(breaker.state()).isEqualTo(State.OPEN);
    }
  }

  @Test
  void aFailedProbeOpensItWhateverTheRate() {
    CircuitBreaker breaker = breakerOn(time).countWindow(10).build();
    breaker.forceOpen();
    letProbesIn(breaker, time, TIMEOUT);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
  }

  // ---- A time window

  /** What was good is forgotten, and the rate of the rest is higher. */
  @Test
  void aGoodOutcomeMayBeTheOneThatShowsTheRate() {
    CircuitBreaker breaker =
        breakerOn(time).timeWindow(Duration.ofSeconds(100)).minimumCalls(5).build();
    succeed(breaker, 10);
    time.advance(Duration.ofSeconds(50));
    fail(breaker, 5);
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    time.advance(Duration.ofSeconds(51));
    succeed(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aTimeWindowForgetsAfterTheWindowAndNotBefore95PercentOfIt() {
    Duration window = Duration.ofSeconds(100);
    CircuitBreaker breaker = breakerOn(time).timeWindow(window).build();
    time.advance(Duration.ofMillis(1_234)); // somewhere in a slice
    fail(breaker, 3);
    time.advance(Duration.ofSeconds(95));
    assertThat(breaker.failureCount()).isEqualTo(3);
    time.advance(Duration.ofSeconds(5));
    assertThat(breaker.failureCount()).isZero();
  }

  @Test
  void aTimeWindowWatchesTheRateOfWhatItHolds() {
    CircuitBreaker breaker = breakerOn(time).timeWindow(Duration.ofSeconds(100)).build();
    succeed(breaker, 20);
    fail(breaker, 9);
    assertThat(breaker.state()).as("with 9 of 29").isEqualTo(State.CLOSED);
    time.advance(Duration.ofSeconds(100));
    fail(breaker, 9);
    assertThat(breaker.state()).as("with 9 calls").isEqualTo(State.CLOSED);
    fail(breaker);
    assertThat(breaker.state()).as("with 10 of 10").isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(10);
  }

  @Test
  void theMostExtremeTimeWindowsWork() {
    CircuitBreaker shortest = breakerOn(time).timeWindow(ONE_NANO).build();
    fail(shortest, 10);
    assertThat(shortest.state()).isEqualTo(State.OPEN);
    CircuitBreaker longest =
        breakerOn(time).timeWindow(Duration.ofSeconds(Long.MAX_VALUE)).minimumCalls(11).build();
    fail(longest, 10);
    time.advance(Duration.ofDays(365 * 100));
    assertThat(longest.failureCount()).isEqualTo(10);
    assertThat(longest.isIdle()).isFalse();
    fail(longest);
    assertThat(longest.state()).isEqualTo(State.OPEN);
  }

  // ---- Slow calls

  private CircuitBreaker.Builder watchesSlowness() {
    return breakerOn(time).countWindow(4).slowCallDuration(SECOND);
  }

  private void take(CircuitBreaker breaker, Duration duration) {
    Permit permit = admitted(breaker);
    time.advance(duration);
    permit.recordSuccess();
  }

  @Test
  void aCallOfExactlyThatDurationIsSlow() {
    CircuitBreaker breaker = watchesSlowness().build();
    for (int i = 0; i < 4; i++) {
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      take(breaker, SECOND);
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).as("slow calls are no failures").isZero();
  }

  @Test
  void aCallThatIsANanosecondFasterIsNotSlow() {
    CircuitBreaker breaker = watchesSlowness().build();
    for (int i = 0; i < 3; i++) {
      take(breaker, SECOND);
    }
    take(breaker, SECOND.minusNanos(1));
    assertThat(breaker.state()).as("with 3 of 4 slow").isEqualTo(State.CLOSED);
    for (int i = 0; i < 9; i++) {
      take(breaker, SECOND.minusNanos(1));
    }
    assertThat(breaker.isIdle()).as("spotless").isTrue();
  }

  @Test
  void theShareOfSlowCallsMayBeLess() {
    CircuitBreaker breaker = watchesSlowness().slowCallRateThreshold(0.5).build();
    take(breaker, SECOND);
    succeed(breaker, 2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    take(breaker, SECOND);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  /** Promises: Circuit breaker 4. */
  @Test
  void aCallCancelledAfterThatDurationCountsAsSlow() {
    CircuitBreaker breaker = watchesSlowness().build();
    for (int i = 0; i < 4; i++) {
      CompletableFuture<Object> result = breaker.execute(Unreachable::new);
      time.advance(SECOND);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      result.cancel(true);
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isZero();
  }

  /** Promises: Circuit breaker 4. */
  @Test
  void aCallCancelledBeforeCountsAsNothing() {
    CircuitBreaker breaker = watchesSlowness().build();
    for (int i = 0; i < 9; i++) {
      CompletableFuture<Object> hangs = new Unreachable();
      CompletableFuture<Object> result = breaker.execute(() -> hangs);
      time.advance(SECOND.minusNanos(1));
      result.cancel(true);
      time.advance(SECOND);
      hangs.complete("long after the cancel");
    }
    for (int i = 0; i < 3; i++) {
      take(breaker, SECOND);
    }
    assertThat(breaker.state()).as("with 3 calls").isEqualTo(State.CLOSED);
    take(breaker, SECOND);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aCallThatFailsLateIsSlowAndFailed() {
    CircuitBreaker breaker =
        watchesSlowness().failureRateThreshold(0.75).slowCallRateThreshold(0.5).build();
    succeed(breaker, 2);
    for (int i = 0; i < 2; i++) {
      Permit permit = admitted(breaker);
      time.advance(SECOND);
      permit.recordFailure(new Down());
    }
    assertThat(breaker.failureCount()).isEqualTo(2);
    assertThat(breaker.state()).as("2 of 4 slow").isEqualTo(State.OPEN);
  }

  /** Promises: Circuit breaker 4, All 4. */
  @Test
  void aTimeOutFromOutsideIsSlowAndFailed() {
    CircuitBreaker breaker =
        watchesSlowness().failureRateThreshold(0.75).slowCallRateThreshold(0.25).build();
    succeed(breaker, 3);
    CompletableFuture<Object> result = breaker.execute(Unreachable::new);
    time.advance(SECOND);
    result.completeExceptionally(new TimeoutException());
    assertThat(breaker.failureCount()).isEqualTo(1);
    assertThat(breaker.state()).as("1 of 4 slow").isEqualTo(State.OPEN);
  }

  @Test
  void failuresCountBesideSlowCalls() {
    CircuitBreaker breaker = watchesSlowness().build();
    take(breaker, SECOND);
    succeed(breaker, 1);
    fail(breaker, 2);
    assertThat(breaker.state()).as("2 of 4 failed, 1 slow").isEqualTo(State.OPEN);
  }

  @Test
  void anErrorThatIsIgnoredIsNotEvenSlow() {
    CircuitBreaker breaker =
        watchesSlowness().minimumCalls(1).recordFailureIf(error -> false).build();
    Permit permit = admitted(breaker);
    time.advance(SECOND);
    permit.recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.isIdle()).isTrue();
  }

  @Test
  void aTimeWindowCountsSlowCallsToo() {
    CircuitBreaker breaker =
        breakerOn(time)
            .timeWindow(Duration.ofSeconds(100))
            .slowCallDuration(SECOND)
            .slowCallRateThreshold(0.2)
            .build();
    succeed(breaker, 8);
    take(breaker, SECOND);
    assertThat(breaker.state()).as("with 1 of 9").isEqualTo(State.CLOSED);
    take(breaker, SECOND);
    assertThat(breaker.state()).as("with 2 of 10").isEqualTo(State.OPEN);
  }

  @Test
  void withoutADurationNoCallIsSlow() {
    CircuitBreaker breaker = breakerOn(time).countWindow(1).build();
    take(breaker, Duration.ofDays(365));
    cancel(breaker);
    failWith(breaker, new CircuitBreakerOpenException("inner", null));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.isIdle()).isTrue();
  }

  @Test
  void aSlowSuccessOfAProbeClosesItWhereSlowProbesDoNotFail() {
    CircuitBreaker breaker = watchesSlowness().slowProbesFail(false).build();
    breaker.forceOpen();
    time.advance(TIMEOUT);
    take(breaker, SECOND.multipliedBy(10));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.isIdle()).isTrue();
  }
}
