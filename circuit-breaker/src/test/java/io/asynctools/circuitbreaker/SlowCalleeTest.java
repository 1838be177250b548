package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.OutcomePermit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An overdue probe loses its slot, not its say. (A healthy callee that takes longer than the probe
 * time-out kept the breaker half open for ever: each probe lost its slot before it succeeded.)
 *
 * <p>Promises: Circuit breaker 3.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class SlowCalleeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time;
  private final CircuitBreaker breaker;

  SlowCalleeTest(long origin) {
    time = new ManualTime(origin);
    breaker = breakerOn(time).failureThreshold(1).timeout(SECOND).build();
  }

  private void opens() {
    fail(breaker);
    time.advance(SECOND);
  }

  private Permit losesItsSlot() {
    Permit lost = admitted(breaker);
    time.advance(SECOND);
    return lost;
  }

  @Test
  void steadyTrafficThatTakesLongerThanTheProbeTimeoutClosesItWithTheFirstSuccess() {
    opens();
    int rejected = 0;
    for (int tenths = 0; tenths < 600; tenths++) {
      CompletableFuture<Object> call = new CompletableFuture<>();
      CompletableFuture<Object> result = breaker.execute(() -> call);
      rejected += result.isCompletedExceptionally() ? 1 : 0;
      time.schedule(() -> call.complete("well"), 1_200_000_000);
      time.advance(Duration.ofMillis(100));
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(rejected).as("rejected until the first probe succeeded, after 1.2 s").isEqualTo(10);
  }

  @Test
  void aLateSuccessClosesItThoughAnotherProbeIsOut() {
    opens();
    Permit lost = losesItsSlot();
    Permit next = admitted(breaker);
    refusal(breaker);
    lost.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    next.recordFailure(new Down());
    assertThat(breaker.failureCount()).as("a probe's outcome after the decision").isZero();
  }

  @Test
  void aLateFailureSaysNothingNew() {
    opens();
    Permit lost = losesItsSlot();
    Permit next = admitted(breaker);
    lost.recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.failureCount()).isEqualTo(1);
    refusal(breaker);
    next.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aLateFailedResultSaysNothingNew() {
    CircuitBreaker judging =
        breakerOn(time)
            .failureThreshold(1)
            .timeout(SECOND)
            .recordFailureIfResult("500"::equals)
            .build();
    fail(judging);
    time.advance(SECOND);
    OutcomePermit lost = (OutcomePermit) admitted(judging);
    time.advance(SECOND);
    admitted(judging);
    lost.recordResult("500");
    assertThat(judging.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void aLateTimeOutFromOutsideSaysNothingNewAndTheAnswerAfterItNothingAtAll() {
    opens();
    CompletableFuture<Object> hangs = new Unreachable();
    CompletableFuture<Object> result = breaker.execute(() -> hangs);
    time.advance(SECOND);
    Permit next = admitted(breaker);
    result.completeExceptionally(new TimeoutException());
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    hangs.complete("late");
    assertThat(breaker.state()).as("its outcome was the time-out").isEqualTo(State.HALF_OPEN);
    refusal(breaker);
    next.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aLateCancelFreesNoSlotOfAnother() {
    opens();
    CompletableFuture<Object> lost = breaker.execute(CompletableFuture::new);
    time.advance(SECOND);
    admitted(breaker);
    lost.cancel(true);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    refusal(breaker);
  }

  @Test
  void aLateSuccessDoesNotFreeTheSlotOfAnother() {
    CircuitBreaker two =
        breakerOn(time).failureThreshold(1).timeout(SECOND).halfOpenSuccesses(2).build();
    fail(two);
    time.advance(SECOND);
    Permit lost = admitted(two);
    time.advance(SECOND);
    admitted(two);
    lost.recordSuccess();
    assertThat(two.state()).isEqualTo(State.HALF_OPEN);
    refusal(two);
  }

  @Test
  void aLateSuccessCountsOnce() {
    CircuitBreaker two =
        breakerOn(time).failureThreshold(1).timeout(SECOND).halfOpenSuccesses(2).build();
    fail(two);
    time.advance(SECOND);
    Permit lost = admitted(two);
    time.advance(SECOND);
    Permit next = admitted(two);
    lost.recordSuccess();
    lost.recordSuccess();
    lost.release();
    assertThat(two.state()).isEqualTo(State.HALF_OPEN);
    next.recordSuccess();
    assertThat(two.state()).isEqualTo(State.CLOSED);
  }

  /** Promises: Circuit breaker 2. */
  @Test
  void aLateSuccessDoesNotCountInALaterStay() {
    opens();
    Permit lost = losesItsSlot();
    admitted(breaker).recordFailure(new Down());
    time.advance(SECOND);
    admitted(breaker);
    lost.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void aFailureOfAnOverdueProbeThatNoOtherCallReplacedOpensIt() {
    opens();
    Permit overdue = losesItsSlot();
    overdue.recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aLateSlowProbeDoesNotOpenIt() {
    CircuitBreaker slow =
        breakerOn(time).countWindow(1).slowCallDuration(SECOND).timeout(SECOND).build();
    slow.forceOpen();
    time.advance(SECOND);
    Permit lost = admitted(slow);
    time.advance(SECOND);
    Permit next = admitted(slow);
    lost.recordSuccess();
    assertThat(slow.state()).isEqualTo(State.HALF_OPEN);
    next.recordSuccess();
    assertThat(slow.state()).isEqualTo(State.CLOSED);
  }
}
