package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.cancel;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.failure;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.OutcomePermit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However a probe ends, or does not, its place comes back. (Stuck here: {@code resilience4j} #544,
 * #903, #935, #1389.)
 *
 * <p>Promises: Circuit breaker 3.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class HalfOpenIsNeverStuckTest {
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

  private final ManualTime time;
  private final CircuitBreaker breaker;

  /** The breaker is due to be half open: the next call is the first probe, one at a time. */
  HalfOpenIsNeverStuckTest(long origin) {
    time = new ManualTime(origin);
    breaker =
        breakerOn(time)
            .failureThreshold(1)
            .probeTimeout(PROBE_TIMEOUT)
            .recordFailureIf(error -> !(error instanceof IllegalArgumentException))
            .build();
    fail(breaker);
    time.advance(TIMEOUT);
  }

  private void isHalfOpenWithAPlaceFree() {
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeThatIsOverdueLosesItsPlaceThoughAnotherIsFree() {
    CircuitBreaker two =
        breakerOn(time).failureThreshold(1).halfOpenMaxCalls(2).probeTimeout(PROBE_TIMEOUT).build();
    fail(two);
    time.advance(TIMEOUT);
    Permit first = admitted(two);
    Permit late = admitted(two);
    first.release();
    time.advance(PROBE_TIMEOUT);
    admitted(two);
    late.recordFailure(new Down());
    assertThat(two.state()).isEqualTo(State.HALF_OPEN);
    admitted(two);
    assertThat(two.tryAcquire()).isEmpty();
  }

  @Test
  void anErrorThatIsIgnoredFreesThePlace() {
    failWith(breaker, new IllegalArgumentException("the caller's own mistake"));
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void anErrorThatIsIgnoredByHandFreesThePlace() {
    admitted(breaker).recordFailure(new IllegalArgumentException("the caller's own mistake"));
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void aProbeThatIsCancelledFreesThePlace() {
    for (int i = 0; i < 3; i++) {
      cancel(breaker);
    }
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void aProbeThatTheCalleeCancelledFreesThePlace() {
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = breaker.execute(() -> running);
    running.cancel(true);
    assertThat(result).isCompletedExceptionally();
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void aProbeThatIsReleasedFreesThePlace() {
    admitted(breaker).release();
    admitted(breaker).close();
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void aCancelThatWasWrappedByHandFreesThePlace() {
    admitted(breaker).recordFailure(new CompletionException(new CancellationException()));
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void anInterruptOfABlockingProbeFreesThePlace() {
    assertThatThrownBy(
            () ->
                breaker.call(
                    () -> {
                      throw new InterruptedException();
                    }))
        .isInstanceOf(InterruptedException.class);
    isHalfOpenWithAPlaceFree();
  }

  /** Promises: Circuit breaker 1. */
  @Test
  void anErrorOfTheProbeOpensItAgain() {
    Error thrown = new AssertionError("not an exception");
    CompletableFuture<Object> result =
        breaker.execute(
            () -> {
              throw thrown;
            });
    assertThat(failure(result)).isSameAs(thrown);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(TIMEOUT);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  /** Promises: Circuit breaker 1. */
  @Test
  @SuppressWarnings("NullAway") // what a careless user does
  void nullInPlaceOfAStageOpensItAgain() {
    CompletableFuture<Object> result = breaker.execute(() -> null);
    assertThat(failure(result)).isInstanceOf(NullPointerException.class);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aProbeThatNeverReportsLosesItsPlaceToTheNextCall() {
    Permit lost = admitted(breaker);
    time.advance(PROBE_TIMEOUT.minusNanos(1));
    refusal(breaker);
    time.advance(ONE_NANO);
    Permit next = admitted(breaker);
    refusal(breaker);
    lost.recordFailure(new Down());
    assertThat(breaker.state()).as("after the late outcome").isEqualTo(State.HALF_OPEN);
    refusal(breaker);
    next.release();
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void aProbeThatNobodyTookThePlaceOfStillCounts() {
    Permit slow = admitted(breaker);
    time.advance(PROBE_TIMEOUT.multipliedBy(3));
    slow.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeThatHangsThoughItWasCancelledLosesItsPlaceInTime() {
    CompletableFuture<Object> hangs = new Unreachable();
    assertThat(breaker.execute(() -> hangs).cancel(true)).isTrue();
    refusal(breaker); // it runs on
    time.advance(PROBE_TIMEOUT);
    Permit next = admitted(breaker);
    hangs.complete("late");
    refusal(breaker);
    next.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeThatEndsAfterItWasCancelledFreesThePlaceThen() {
    CompletableFuture<Object> hangs = new Unreachable();
    assertThat(breaker.execute(() -> hangs).cancel(true)).isTrue();
    hangs.complete("though nobody wants it");
    isHalfOpenWithAPlaceFree();
  }

  @Test
  void whateverAProbeReportsAfterItWasCalledOffFreesThePlace() {
    CircuitBreaker judging =
        breakerOn(time)
            .failureThreshold(1)
            .probeTimeout(PROBE_TIMEOUT)
            .recordFailureIfResult(result -> result.equals("500"))
            .build();
    fail(judging);
    time.advance(TIMEOUT);
    List<Consumer<OutcomePermit>> reports =
        List.of(
            OutcomePermit::recordSuccess,
            permit -> permit.recordResult("200"),
            permit -> permit.recordResult("500"),
            permit -> permit.recordFailure(new Down()),
            OutcomePermit::release);
    for (Consumer<OutcomePermit> report : reports) {
      OutcomePermit probe = (OutcomePermit) admitted(judging);
      probe.endedFromOutside(null);
      refusal(judging); // it runs on
      report.accept(probe);
      assertThat(judging.state()).isEqualTo(State.HALF_OPEN);
    }
    succeed(judging);
    assertThat(judging.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void lostProbesAreReplacedOneByOne() {
    CircuitBreaker three =
        breakerOn(time).failureThreshold(1).halfOpenMaxCalls(3).probeTimeout(PROBE_TIMEOUT).build();
    fail(three);
    time.advance(TIMEOUT);
    for (int i = 0; i < 3; i++) {
      admitted(three);
      time.advance(Duration.ofSeconds(1));
    }
    refusal(three);
    for (int i = 0; i < 3; i++) {
      time.advance(i == 0 ? Duration.ofSeconds(2) : Duration.ofSeconds(1));
      admitted(three);
      refusal(three);
    }
  }

  @Test
  void theProbeTimeoutIsTheTimeoutByDefault() {
    CircuitBreaker usual = breakerOn(time).failureThreshold(1).build();
    fail(usual);
    time.advance(TIMEOUT);
    admitted(usual);
    time.advance(TIMEOUT.minusNanos(1));
    refusal(usual);
    time.advance(ONE_NANO);
    admitted(usual);
  }
}
