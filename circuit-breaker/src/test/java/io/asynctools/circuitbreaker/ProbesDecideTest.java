package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.cancel;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.Builder;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How many probes close a half-open breaker or open it again, and whether a slow one does. (One
 * good probe of ten closed it, and a slow probe closed one that had opened for slowness.)
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
class ProbesDecideTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();

  private CircuitBreaker halfOpen(Builder builder) {
    CircuitBreaker breaker = builder.build();
    breaker.forceOpen();
    time.advance(TIMEOUT);
    return breaker;
  }

  private static void staysHalfOpen(CircuitBreaker breaker) {
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  // ---- A number of successes

  @Test
  void itClosesWithTheLastOfTheSuccessesThatAreNeeded() {
    CircuitBreaker breaker = halfOpen(breakerOn(time).halfOpenSuccesses(3));
    succeed(breaker);
    staysHalfOpen(breaker);
    cancel(breaker); // counts as neither
    succeed(breaker);
    staysHalfOpen(breaker);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aFailureAmongThemOpensItAndTheyCountAnew() {
    CircuitBreaker breaker = halfOpen(breakerOn(time).halfOpenSuccesses(2));
    succeed(breaker);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(TIMEOUT);
    succeed(breaker);
    staysHalfOpen(breaker);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void probesThatAreOutTogetherCountTogether() {
    CircuitBreaker breaker = halfOpen(breakerOn(time).halfOpenSuccesses(3).halfOpenMaxCalls(2));
    List<Permit> both = List.of(admitted(breaker), admitted(breaker));
    assertThat(breaker.tryAcquire()).isEmpty();
    both.forEach(Permit::recordSuccess);
    both.forEach(Permit::recordSuccess); // a permit ends once
    staysHalfOpen(breaker);
    admitted(breaker).recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  // ---- A rate

  private CircuitBreaker rated(int probes, double share) {
    return halfOpen(
        breakerOn(time)
            .halfOpenMaxCalls(probes)
            .halfOpenMinimumCalls(probes)
            .halfOpenFailureRateThreshold(share));
  }

  @Test
  void itOpensWithTheFailureThatMakesTheRate() {
    CircuitBreaker breaker = rated(10, 0.5);
    fail(breaker, 4);
    staysHalfOpen(breaker);
    assertThat(breaker.failureCount()).isEqualTo(4);
    succeed(breaker);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(5);
  }

  @Test
  void itClosesWithTheSuccessAfterWhichTheRateCannotBeReached() {
    CircuitBreaker breaker = rated(10, 0.5);
    fail(breaker, 4);
    for (int i = 0; i < 5; i++) {
      succeed(breaker);
      staysHalfOpen(breaker);
    }
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aRateOfOneOpensItIfAllFail() {
    CircuitBreaker breaker = rated(3, 1.0);
    fail(breaker, 2);
    staysHalfOpen(breaker);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    CircuitBreaker other = rated(3, 1.0);
    fail(other, 2);
    succeed(other);
    assertThat(other.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aTinyRateOpensItWithTheFirstFailureAndClosesItAfterAll() {
    CircuitBreaker breaker = rated(3, 1e-9);
    succeed(breaker);
    succeed(breaker);
    staysHalfOpen(breaker);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    CircuitBreaker other = rated(3, 1e-9);
    fail(other);
    assertThat(other.state()).isEqualTo(State.OPEN);
  }

  @Test
  void sharesAreExact() {
    CircuitBreaker breaker = rated(30, 0.1);
    fail(breaker, 2);
    staysHalfOpen(breaker);
    fail(breaker);
    assertThat(breaker.state()).as("3 of 30").isEqualTo(State.OPEN);
    CircuitBreaker thirds = rated(3, 2.0 / 3);
    fail(thirds);
    staysHalfOpen(thirds);
    fail(thirds);
    assertThat(thirds.state()).as("2 of 3").isEqualTo(State.OPEN);
  }

  @Test
  void probesBeyondTheDecisionDecideNothing() {
    CircuitBreaker breaker = rated(2, 0.5);
    Permit one = admitted(breaker);
    Permit other = admitted(breaker);
    one.recordFailure(new Down());
    other.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  // ---- Slow probes

  private CircuitBreaker openForSlowness(Builder builder) {
    CircuitBreaker breaker = builder.countWindow(1).slowCallDuration(SECOND).build();
    take(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(TIMEOUT);
    return breaker;
  }

  private void take(CircuitBreaker breaker) {
    Permit permit = admitted(breaker);
    time.advance(SECOND);
    permit.recordSuccess();
  }

  @Test
  void aSlowProbeOpensItAgain() {
    CircuitBreaker breaker = openForSlowness(breakerOn(time));
    take(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(TIMEOUT);
    Permit fast = admitted(breaker);
    time.advance(SECOND.minusNanos(1));
    fast.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aSlowProbeClosesItWhereTheOptionSaysSo() {
    CircuitBreaker breaker = openForSlowness(breakerOn(time).slowProbesFail(false));
    take(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aSlowProbeThatIsCancelledFreesItsSlot() {
    CircuitBreaker breaker = openForSlowness(breakerOn(time));
    Permit permit = admitted(breaker);
    time.advance(SECOND);
    permit.release();
    staysHalfOpen(breaker);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void slowProbesCountInTheRate() {
    CircuitBreaker breaker =
        openForSlowness(breakerOn(time).halfOpenMinimumCalls(2).halfOpenFailureRateThreshold(1));
    take(breaker);
    staysHalfOpen(breaker);
    take(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }
}
