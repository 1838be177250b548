package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.spi.TimedCall;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A time-out that ends a call from outside is its outcome at once, so that a callee that hangs
 * opens the breaker; a cancel is none. (In {@code resilience4j} such time-outs arrive as cancels
 * and never count, #1123, #2013.)
 *
 * <p>Promises: All 4, Circuit breaker 4.
 */
@Tag("unit")
class TimeOutsFromOutsideTest {
  private final ManualTime time = new ManualTime();
  private final CircuitBreaker breaker = breakerOn(time).failureThreshold(3).build();

  /** A call that hangs until somebody outside gives up; gives its stage. */
  private static CompletableFuture<Object> timesOut(
      AsyncPolicy policy, CompletableFuture<Object> hangs) {
    CompletableFuture<Object> result = policy.execute(() -> hangs);
    assertThat(result.completeExceptionally(new TimeoutException("too long"))).isTrue();
    return hangs;
  }

  @Test
  void timeOutsOpenTheBreaker() {
    for (int i = 0; i < 3; i++) {
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      assertThat(timesOut(breaker, new CompletableFuture<>())).isCompletedExceptionally();
      assertThat(breaker.failureCount()).isEqualTo(i + 1);
    }
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void theyDoSoWhileTheCalleeHangs() {
    List<CompletableFuture<Object>> hanging = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      hanging.add(timesOut(breaker, new Unreachable()));
    }
    assertThat(hanging).noneMatch(CompletableFuture::isDone);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    hanging.get(0).complete("late");
    hanging.get(1).completeExceptionally(new IllegalStateException("late"));
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).as("each call counted once").isEqualTo(3);
  }

  @Test
  void aLateAnswerDoesNotTakeATimeOutBack() {
    CompletableFuture<Object> hangs = timesOut(breaker, new Unreachable());
    assertThat(breaker.failureCount()).isEqualTo(1);
    hangs.complete("late");
    assertThat(breaker.failureCount()).isEqualTo(1);
  }

  @Test
  void aTimerOfTheCallersDoesIt() {
    CompletableFuture<Object> result = breaker.execute(Unreachable::new);
    time.schedule(() -> result.completeExceptionally(new TimeoutException()), 1_000_000_000);
    time.advance(Duration.ofSeconds(1).minusNanos(1));
    assertThat(breaker.failureCount()).isZero();
    time.advance(ONE_NANO);
    assertThat(breaker.failureCount()).isEqualTo(1);
  }

  @Test
  void cancelsNeverOpenIt() {
    for (int i = 0; i < 9; i++) {
      assertThat(breaker.execute(Unreachable::new).cancel(true)).isTrue();
      assertThat(breaker.execute(CompletableFuture::new).cancel(true)).isTrue();
    }
    assertThat(breaker.failureCount()).isZero();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void thePredicateIsAskedAboutATimeOut() {
    CircuitBreaker lenient =
        breakerOn(time)
            .failureThreshold(1)
            .recordFailureIf(error -> !(error instanceof TimeoutException))
            .build();
    timesOut(lenient, new Unreachable());
    assertThat(lenient.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aTimeOutThatIsWrappedIsATimeOut() {
    CompletableFuture<Object> result = breaker.execute(Unreachable::new);
    result.completeExceptionally(new CompletionException(new TimeoutException()));
    assertThat(breaker.failureCount()).isEqualTo(1);
  }

  @Test
  void everyBreakerThatItPassesCountsIt() {
    CircuitBreaker inner = CircuitBreaker.builder().timeSource(time).build();
    timesOut(AsyncPolicy.compose(breaker, inner), new Unreachable());
    assertThat(breaker.failureCount()).isEqualTo(1);
    assertThat(inner.failureCount()).isEqualTo(1);
  }

  @Test
  void aProbeThatTimesOutOpensItAgain() {
    fail(breaker, 3);
    letProbesIn(breaker, time, TIMEOUT);
    CompletableFuture<Object> hangs = timesOut(breaker, new Unreachable());
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
    time.advance(TIMEOUT);
    hangs.complete("late");
    assertThat(breaker.state()).as("by the clock").isEqualTo(State.HALF_OPEN);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aWindowCountsTimeOutsToo() {
    CircuitBreaker windowed = breakerOn(time).countWindow(2).build();
    timesOut(windowed, new Unreachable());
    timesOut(windowed, new Unreachable());
    assertThat(windowed.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aBlockingCallThatIsTimedOutCountsWhileItHangs() {
    assertThatThrownBy(
            () ->
                TimedCall.call(
                    time,
                    time,
                    1_000_000_000,
                    TimeoutException::new,
                    () ->
                        breaker.call(
                            () -> {
                              time.advance(Duration.ofSeconds(1)); // while the call hangs
                              assertThat(breaker.failureCount()).isEqualTo(1);
                              return "late";
                            })))
        .isInstanceOf(TimeoutException.class);
    assertThat(breaker.failureCount()).isEqualTo(1);
  }
}
