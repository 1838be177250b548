package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An outcome counts only for the state that admitted the call, and once. (A late success closes the
 * breaker in {@code resilience4j} and in Failsafe.)
 *
 * <p>Promises: Circuit breaker 2.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class LateOutcomesTest {
  private final ManualTime time;
  private final CircuitBreaker breaker;

  LateOutcomesTest(long origin) {
    time = new ManualTime(origin);
    breaker = breakerOn(time).failureThreshold(2).build();
  }

  @Test
  void aSuccessFromBeforeDoesNotCloseAnOpenBreaker() {
    Permit slow = admitted(breaker);
    fail(breaker, 2);
    slow.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
  }

  @Test
  void aSuccessFromBeforeDoesNotCloseAHalfOpenBreaker() {
    Permit slow = admitted(breaker);
    CompletableFuture<Object> slowToo = new CompletableFuture<>();
    CompletableFuture<Object> result = breaker.execute(() -> slowToo);
    fail(breaker, 2);
    letProbesIn(breaker, time, TIMEOUT);
    slow.recordSuccess();
    slowToo.complete("well");
    assertThat(result).isCompletedWithValue("well");
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void aFailureFromBeforeDoesNotOpenAHalfOpenBreaker() {
    Permit slow = admitted(breaker);
    fail(breaker, 2);
    time.advance(TIMEOUT);
    Permit probe = admitted(breaker);
    slow.recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    probe.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void failuresFromBeforeDoNotCountAfterItHasClosed() {
    List<Permit> slow = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      slow.add(admitted(breaker));
    }
    fail(breaker, 2);
    time.advance(TIMEOUT);
    succeed(breaker);
    slow.forEach(permit -> permit.recordFailure(new Down()));
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isZero();
  }

  @Test
  void aSuccessFromBeforeDoesNotResetTheCountAfterItHasClosed() {
    Permit slow = admitted(breaker);
    fail(breaker, 2);
    time.advance(TIMEOUT);
    succeed(breaker);
    fail(breaker);
    slow.recordSuccess();
    assertThat(breaker.failureCount()).isEqualTo(1);
  }

  @Test
  void outcomesFromBeforeDoNotFillAFreshWindow() {
    CircuitBreaker windowed = breakerOn(time).countWindow(4).build();
    List<Permit> slow = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      slow.add(admitted(windowed));
    }
    fail(windowed, 4);
    time.advance(TIMEOUT);
    succeed(windowed);
    slow.forEach(permit -> permit.recordFailure(new Down()));
    assertThat(windowed.state()).isEqualTo(State.CLOSED);
    assertThat(windowed.failureCount()).isZero();
  }

  @Test
  void aProbesOutcomeDoesNotCountOnceAnotherHasDecided() {
    CircuitBreaker two = breakerOn(time).failureThreshold(1).halfOpenMaxCalls(2).build();
    fail(two);
    time.advance(TIMEOUT);
    Permit one = admitted(two);
    Permit other = admitted(two);
    one.recordFailure(new Down());
    time.advance(TIMEOUT);
    Permit next = admitted(two);
    other.recordSuccess();
    assertThat(two.state()).isEqualTo(State.HALF_OPEN);
    next.recordSuccess();
    assertThat(two.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void oneThatIsResetHearsNothingOfCallsFromBefore() {
    Permit running = admitted(breaker);
    fail(breaker);
    breaker.reset();
    assertThat(breaker.failureCount()).isZero();
    running.recordFailure(new Down());
    assertThat(breaker.failureCount()).isZero();
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void oneThatIsResetWhileOpenStaysClosed() {
    fail(breaker, 2);
    time.advance(TIMEOUT.dividedBy(2));
    breaker.reset();
    assertThat(time.pending()).as("timers that act later").isZero();
    time.advance(TIMEOUT.multipliedBy(3));
    succeed(breaker);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeOfOneThatWasResetDecidesNothing() {
    fail(breaker, 2);
    time.advance(TIMEOUT);
    Permit probe = admitted(breaker);
    breaker.reset();
    probe.recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isZero();
  }

  @Test
  void aCallOfOneThatWasForcedOpenDoesNotCount() {
    Permit running = admitted(breaker);
    breaker.forceOpen();
    letProbesIn(breaker, time, TIMEOUT);
    running.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  /** Promises: Circuit breaker 2, All 5. */
  @Test
  void manyOutcomesOfOnePermitCountAsTheFirst() {
    CircuitBreaker patient = breakerOn(time).failureThreshold(100).build();
    CircuitBreaker windowed = breakerOn(time).timeWindow(TIMEOUT).minimumCalls(100).build();
    List<Consumer<Permit>> ends =
        List.of(
            permit -> permit.recordFailure(new Down()),
            Permit::recordSuccess,
            Permit::release,
            Permit::close,
            permit -> permit.recordFailure(new CancellationException()),
            permit -> permit.recordFailure(new TimeoutException()));
    for (CircuitBreaker each : List.of(patient, windowed)) {
      for (int first = 0; first < ends.size(); first++) {
        each.reset();
        fail(each, 3);
        Permit permit = admitted(each);
        ends.get(first).accept(permit);
        int counted = each.failureCount();
        ends.forEach(end -> end.accept(permit));
        assertThat(each.failureCount()).as("ended %s first, then again", first).isEqualTo(counted);
      }
    }
  }

  /** Promises: Circuit breaker 2, All 5. */
  @Test
  void aSuccessThatChangesNothingIsTheFirstOutcomeTooAndTheOnlyOne() {
    CircuitBreaker windowed = breakerOn(time).countWindow(2).failureRateThreshold(1).build();
    succeed(windowed);
    succeed(windowed); // the window is full of them: one more is nothing new
    Permit permit = admitted(windowed);
    permit.recordSuccess();
    permit.recordFailure(new Down());
    assertThat(windowed.failureCount()).isZero();
  }

  /** Promises: Circuit breaker 2, All 5. */
  @Test
  void aPermitThatWasReleasedRecordsNothing() {
    fail(breaker);
    Permit permit = admitted(breaker);
    permit.release();
    permit.recordFailure(new Down());
    assertThat(breaker.failureCount()).isEqualTo(1);
    permit.recordSuccess();
    assertThat(breaker.failureCount()).isEqualTo(1);
  }

  /** Promises: Circuit breaker 2, All 5. */
  @Test
  void aProbeThatEndsAgainDoesNotFreeThePlaceOfAnother() {
    fail(breaker, 2);
    time.advance(Duration.ofMinutes(1));
    Permit first = admitted(breaker);
    first.release();
    admitted(breaker);
    first.release();
    first.recordSuccess();
    first.recordFailure(new Down());
    refusal(breaker);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }
}
