package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.ONE_NANO;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failure;
import static io.asynctools.circuitbreaker.Steps.letProbesIn;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When it opens, half opens and closes, counting failures in a row.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
@ParameterizedClass
@ValueSource(longs = {0, WRAPS_SOON, Long.MIN_VALUE})
class OpensAndClosesTest {
  private final ManualTime time;
  private final CircuitBreaker breaker;

  OpensAndClosesTest(long origin) {
    time = new ManualTime(origin);
    breaker = breakerOn(time).build();
  }

  @Test
  void itOpensWithTheFailureThatReachesTheThreshold() {
    for (int failures = 1; failures < 5; failures++) {
      fail(breaker);
      assertThat(breaker.failureCount()).isEqualTo(failures);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
    }
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(5);
  }

  @Test
  void aThresholdOfOneOpensWithTheFirstFailure() {
    CircuitBreaker nervous = breakerOn(time).failureThreshold(1).build();
    succeed(nervous);
    fail(nervous);
    assertThat(nervous.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aSuccessResetsTheCount() {
    fail(breaker, 4);
    succeed(breaker);
    assertThat(breaker.failureCount()).isZero();
    fail(breaker, 4);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void failuresInARowAreNotForgottenByTime() {
    fail(breaker, 4);
    time.advance(Duration.ofDays(1));
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void whileOpenItRefusesAndSaysWhenToComeBack() {
    fail(breaker, 5);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
    time.advance(Duration.ofSeconds(20));
    assertThat(refusal(breaker).retryAfter()).hasValue(Duration.ofSeconds(40));
    time.advance(Duration.ofSeconds(40).minusNanos(1));
    CircuitBreakerOpenException last = refusal(breaker);
    assertThat(last.retryAfter()).hasValue(ONE_NANO);
    assertThat(last.getStackTrace()).isEmpty();
    assertThat(last).hasMessageContaining(Steps.NAME).hasMessageContaining("PT0.000000001S");
  }

  @Test
  void afterTheTimeoutTheNextCallMakesItHalfOpen() {
    fail(breaker, 5);
    time.advance(TIMEOUT);
    assertThat(breaker.state()).as("before the next call").isEqualTo(State.HALF_OPEN);
    Permit probe = admitted(breaker);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.failureCount()).isEqualTo(5);
    probe.recordSuccess();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).isZero();
  }

  @Test
  void aTimeoutLongPassedIsPassed() {
    fail(breaker, 5);
    time.advance(Duration.ofDays(365 * 100));
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeThatFailsOpensItForAFreshTimeout() {
    fail(breaker, 5);
    time.advance(TIMEOUT.plusSeconds(7));
    fail(breaker);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.failureCount()).isEqualTo(6);
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
    time.advance(TIMEOUT.minusNanos(1));
    assertThat(refusal(breaker).retryAfter()).hasValue(ONE_NANO);
    time.advance(ONE_NANO);
    succeed(breaker);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void theTimeoutRunsFromTheProbesEnd() {
    fail(breaker, 5);
    time.advance(TIMEOUT);
    Permit probe = admitted(breaker);
    time.advance(Duration.ofSeconds(10));
    probe.recordFailure(new Down());
    assertThat(refusal(breaker).retryAfter()).hasValue(TIMEOUT);
  }

  @Test
  void onlySoManyProbesAreOutAtATime() {
    CircuitBreaker three = breakerOn(time).failureThreshold(1).halfOpenMaxCalls(3).build();
    fail(three);
    time.advance(TIMEOUT);
    admitted(three);
    Permit second = admitted(three);
    admitted(three);
    assertThat(refusal(three).retryAfter()).as("a probe may end at any time").isEmpty();
    second.release();
    admitted(three);
    assertThat(refusal(three).retryAfter()).isEmpty();
  }

  @Test
  void oneSuccessOfManyProbesClosesIt() {
    CircuitBreaker three = breakerOn(time).failureThreshold(1).halfOpenMaxCalls(3).build();
    fail(three);
    time.advance(TIMEOUT);
    Permit first = admitted(three);
    Permit second = admitted(three);
    second.recordSuccess();
    assertThat(three.state()).isEqualTo(State.CLOSED);
    first.recordFailure(new Down());
    assertThat(three.state()).as("after the other probe failed").isEqualTo(State.CLOSED);
    assertThat(three.failureCount()).isZero();
  }

  @Test
  void oneFailureOfManyProbesOpensIt() {
    CircuitBreaker three = breakerOn(time).failureThreshold(4).halfOpenMaxCalls(3).build();
    fail(three, 4);
    time.advance(TIMEOUT);
    Permit first = admitted(three);
    Permit second = admitted(three);
    second.recordFailure(new Down());
    assertThat(three.state()).isEqualTo(State.OPEN);
    time.advance(ONE_NANO);
    first.recordFailure(new Down());
    first.recordSuccess();
    assertThat(three.failureCount()).isEqualTo(5);
    assertThat(refusal(three).retryAfter()).hasValue(TIMEOUT.minusNanos(1));
  }

  @Test
  void cyclesAreAlike() {
    for (int cycle = 0; cycle < 5; cycle++) {
      fail(breaker, 4);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      fail(breaker);
      letProbesIn(breaker, time, TIMEOUT);
      fail(breaker);
      assertThat(breaker.failureCount()).isEqualTo(6);
      letProbesIn(breaker, time, TIMEOUT);
      succeed(breaker);
      assertThat(breaker.state()).isEqualTo(State.CLOSED);
      assertThat(breaker.failureCount()).isZero();
    }
  }

  @Test
  void aTimeoutOfAFractionOfASecondIsExact() {
    CircuitBreaker brief =
        breakerOn(time).failureThreshold(1).timeout(Duration.ofMillis(500)).build();
    fail(brief);
    time.advance(Duration.ofMillis(500).minusNanos(1));
    assertThat(refusal(brief).retryAfter()).hasValue(ONE_NANO);
    time.advance(ONE_NANO);
    succeed(brief);
    assertThat(brief.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void theShortestTimeoutIsATimeout() {
    CircuitBreaker briefest = breakerOn(time).failureThreshold(1).timeout(ONE_NANO).build();
    fail(briefest);
    assertThat(refusal(briefest).retryAfter()).hasValue(ONE_NANO);
    time.advance(ONE_NANO);
    admitted(briefest);
  }

  @Test
  void theLongestTimeoutNeverEnds() {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    CircuitBreaker stubborn = breakerOn(time).failureThreshold(1).timeout(forever).build();
    fail(stubborn);
    time.advance(Duration.ofDays(365 * 200));
    assertThat(refusal(stubborn).retryAfter().orElseThrow()).isGreaterThan(Duration.ofDays(365));
    assertThat(stubborn.isIdle()).isFalse();
  }

  @Test
  void aBreakerPerKeyIsItsOwn() {
    Map<String, CircuitBreaker> breakers = new ConcurrentHashMap<>();
    Function<String, CircuitBreaker> of =
        key -> breakers.computeIfAbsent(key, k -> breakerOn(time).build());
    fail(of.apply("a"), 5);
    fail(of.apply("b"), 4);
    assertThat(of.apply("a").state()).isEqualTo(State.OPEN);
    assertThat(of.apply("b").state()).isEqualTo(State.CLOSED);
    succeed(of.apply("c"));
  }

  // ---- The ways to use it

  @Test
  void executeRecordsWhatComesOfTheCall() {
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletableFuture<String> result = breaker.execute(() -> running);
    fail(breaker, 4);
    running.complete("well");
    assertThat(result).isCompletedWithValue("well");
    assertThat(breaker.failureCount()).isZero();
    Down thrown = new Down();
    CompletableFuture<Object> failed =
        breaker.execute(
            7,
            () -> {
              throw thrown;
            });
    assertThat(failure(failed)).isSameAs(thrown);
    assertThat(breaker.failureCount()).as("failures of one call for seven permits").isEqualTo(1);
  }

  @Test
  void callRecordsWhatComesOfTheCall() throws Exception {
    IOException thrown = new IOException("the callee is down");
    for (int i = 0; i < 4; i++) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(
              () ->
                  breaker.call(
                      () -> {
                        throw thrown;
                      }))
          .isSameAs(thrown);
    }
    assertThat(breaker.failureCount()).isEqualTo(4);
    assertThat(breaker.<String, Exception>call(2, () -> "well")).isEqualTo("well");
    assertThat(breaker.failureCount()).isZero();
    breaker.forceOpen();
    assertThatExceptionOfType(CircuitBreakerOpenException.class)
        .isThrownBy(() -> breaker.call(() -> "never"));
  }

  @Test
  void eachRunOfADecoratedCallIsRecorded() {
    Supplier<CompletableFuture<String>> decorated =
        breaker.decorate(() -> CompletableFuture.failedFuture(new Down()));
    for (int i = 0; i < 5; i++) {
      assertThat(failure(decorated.get())).isInstanceOf(Down.class);
    }
    assertThat(failure(decorated.get())).isInstanceOf(CircuitBreakerOpenException.class);
  }

  @Test
  void byHandThePermitIsToldWhatCameOfTheCall() {
    for (int i = 0; i < 4; i++) {
      breaker.acquire().join().recordFailure(new Down());
    }
    breaker.acquire(2).join().recordSuccess();
    assertThat(breaker.failureCount()).isZero();
    fail(breaker, 4);
    breaker.acquire().join().release();
    assertThat(breaker.failureCount()).as("after a release, which says nothing").isEqualTo(4);
    admitted(breaker).recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  /** Promises: Circuit breaker 6. */
  @Test
  void aBreakerSetsNoTimerAndHandsNothingToItsExecutor() {
    CircuitBreaker idle =
        CircuitBreaker.builder()
            .timeSource(time)
            .executor(
                task -> {
                  throw new AssertionError("handed to the executor");
                })
            .build();
    CompletableFuture<Object> hanging = new CompletableFuture<>();
    CompletableFuture<Object> result = idle.execute(() -> hanging);
    fail(idle, 5);
    assertThat(idle.acquire(1, Duration.ofDays(1))).isCompletedExceptionally();
    time.advance(TIMEOUT);
    admitted(idle);
    assertThat(idle.acquire(1, Duration.ofDays(1))).isCompletedExceptionally();
    assertThat(time.pending()).isZero();
    hanging.complete("late");
    assertThat(result).isCompleted();
  }
}
