package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.spi.OutcomePermit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A rejection says what opened the breaker, with the last failure as its cause.
 *
 * <p>Promises: Circuit breaker 7.
 */
@Tag("unit")
class WhatOpenedItTest {
  private final ManualTime time = new ManualTime();
  private final CircuitBreaker breaker = breakerOn(time).failureThreshold(2).build();
  private final IOException last = new IOException("password=secret");

  private static @Nullable Throwable causeOf(CircuitBreaker breaker) {
    return refusal(breaker).getCause();
  }

  @Test
  void aRejectionByAnOpenBreakerCarriesTheLastFailure() {
    fail(breaker);
    failWith(breaker, last);
    CircuitBreakerOpenException rejection = refusal(breaker);
    assertThat(rejection.getCause()).isSameAs(last);
    assertThat(rejection)
        .hasMessageContaining(
            "opened by: 2 failures in a row, the last one with java.io.IOException")
        .message()
        .doesNotContain("secret");
    assertThat(last.getSuppressed()).isEmpty();
    assertThat(last.getCause()).isNull();
  }

  @Test
  void soDoesOneByAHalfOpenBreaker() {
    fail(breaker);
    failWith(breaker, last);
    time.advance(TIMEOUT);
    admitted(breaker);
    assertThat(causeOf(breaker)).isSameAs(last);
  }

  @Test
  void theFailureOfAProbeTakesThePlaceOfTheOneBefore() {
    fail(breaker, 2);
    time.advance(TIMEOUT);
    failWith(breaker, last);
    CircuitBreakerOpenException rejection = refusal(breaker);
    assertThat(rejection.getCause()).isSameAs(last);
    assertThat(rejection).hasMessageContaining("a failed probe, the last one with java.io.IOExc");
  }

  @Test
  void theCauseIsWhatTheCallerOfTheFailedCallGot() {
    ExecutionException wrapped = new ExecutionException(last);
    fail(breaker);
    failWith(breaker, wrapped);
    CircuitBreakerOpenException rejection = refusal(breaker);
    assertThat(rejection.getCause()).isSameAs(wrapped);
    assertThat(rejection).hasMessageContaining("the last one with java.io.IOException");
  }

  @Test
  void inAWindowItIsTheLastFailureWhicheverOutcomeOpensTheBreaker() {
    CircuitBreaker windowed = breakerOn(time).countWindow(3).failureRateThreshold(0.3).build();
    failWith(windowed, last);
    succeed(windowed);
    succeed(windowed); // the third call makes the rate
    CircuitBreakerOpenException rejection = refusal(windowed);
    assertThat(rejection.getCause()).isSameAs(last);
    assertThat(rejection).hasMessageContaining("opened by: 1 of 3 calls failed, the last one with");
  }

  @Test
  void inATimeWindowToo() {
    CircuitBreaker windowed = breakerOn(time).timeWindow(TIMEOUT).minimumCalls(2).build();
    succeed(windowed);
    failWith(windowed, last);
    CircuitBreakerOpenException rejection = refusal(windowed);
    assertThat(rejection.getCause()).isSameAs(last);
    assertThat(rejection).hasMessageContaining("1 of 2 calls failed");
  }

  @Test
  void slownessIsNamedAndHasNoCause() {
    CircuitBreaker slow =
        breakerOn(time)
            .countWindow(3)
            .slowCallDuration(Duration.ofSeconds(2))
            .slowCallRateThreshold(0.6)
            .build();
    failWith(slow, last);
    Permit one = admitted(slow);
    Permit other = admitted(slow);
    time.advance(Duration.ofSeconds(2));
    one.recordSuccess();
    other.recordSuccess();
    CircuitBreakerOpenException rejection = refusal(slow);
    assertThat(rejection).hasNoCause().hasMessageContaining("2 of 3 calls were slow, PT2S or more");
    time.advance(TIMEOUT);
    Permit probe = admitted(slow);
    time.advance(Duration.ofSeconds(2));
    probe.recordSuccess();
    assertThat(refusal(slow)).hasNoCause().hasMessageContaining("opened by: a slow probe");
  }

  @Test
  void aFailedResultIsNamedAndHasNoCause() {
    CircuitBreaker judging =
        breakerOn(time).failureThreshold(2).recordFailureIfResult("500"::equals).build();
    failWith(judging, last);
    ((OutcomePermit) admitted(judging)).recordResult("500");
    assertThat(refusal(judging))
        .hasNoCause()
        .hasMessageContaining("2 failures in a row, the last one by its result");
  }

  @Test
  void whatWasDoneByHandIsNamed() {
    breaker.forceOpen();
    assertThat(refusal(breaker))
        .hasNoCause()
        .hasMessageContaining("opened by: forceOpen() for PT1M");
    breaker.isolate();
    assertThat(refusal(breaker)).hasNoCause().hasMessageContaining("isolate(), until reset()");
  }

  // ---- No failure is kept for longer than it matters

  @Test
  void aBreakerThatHasClosedHasDroppedIt() {
    fail(breaker);
    failWith(breaker, last);
    time.advance(TIMEOUT);
    BreakerPermit hanging = (BreakerPermit) admitted(breaker);
    breaker.reset();
    breaker.forceOpen();
    assertThat(causeOf(breaker)).isNull();
    assertThat(hanging.epoch().refusal().getCause())
        .as("what the permit of a call that hangs keeps in memory")
        .isNull();
  }

  @Test
  void anOpenBreakerThatIsResetHasDroppedItToo() {
    fail(breaker);
    failWith(breaker, last);
    CircuitBreakerOpenException rejection = refusal(breaker);
    breaker.reset();
    assertThat(rejection.getCause()).as("a rejection keeps its own").isSameAs(last);
    breaker.isolate();
    assertThat(causeOf(breaker)).isNull();
  }

  @Test
  void aFailureThatHasLeftTheWindowIsDropped() {
    CircuitBreaker windowed = breakerOn(time).countWindow(2).failureRateThreshold(1).build();
    failWith(windowed, last);
    succeed(windowed);
    assertThat(lastFailureOf(windowed)).isSameAs(last);
    succeed(windowed);
    assertThat(lastFailureOf(windowed)).isNull();
    CircuitBreaker timed = breakerOn(time).timeWindow(TIMEOUT).build();
    failWith(timed, last);
    time.advance(TIMEOUT.plusNanos(1));
    succeed(timed);
    assertThat(lastFailureOf(timed)).isNull();
  }

  private static @Nullable Throwable lastFailureOf(CircuitBreaker breaker) {
    return ((WindowEpoch) ((BreakerPermit) admitted(breaker)).epoch()).lastFailure();
  }

  @Test
  void rejectionsThatAreFailuresThemselvesDoNotGrowAChain() {
    CircuitBreaker strict =
        breakerOn(time).failureThreshold(1).recordFailureIf(error -> true).build();
    failWith(strict, last);
    for (int round = 0; round < 5; round++) {
      time.advance(TIMEOUT);
      Permit probe = admitted(strict);
      probe.recordFailure(new IllegalStateException("inside", refusal(strict)));
      assertThat(strict.state()).isEqualTo(State.OPEN);
      assertThat(causeOf(strict)).isSameAs(last);
    }
  }

  @Test
  void theRejectionOfAnotherBreakerIsACauseLikeAnyOther() {
    CircuitBreaker strict =
        breakerOn(time).failureThreshold(1).recordFailureIf(error -> true).build();
    CircuitBreakerOpenException inner = new CircuitBreakerOpenException("inner", TIMEOUT);
    failWith(strict, inner);
    assertThat(causeOf(strict)).isSameAs(inner);
  }

  @Test
  void aRejectionCanBeWritten() throws Exception {
    fail(breaker, 2);
    try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
      out.writeObject(refusal(breaker));
    }
  }
}
