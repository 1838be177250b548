package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.cancel;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.failWith;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.circuitbreaker.CircuitBreaker.Builder;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * An operator sees each change of state in the log, and the state in {@code toString}. (A breaker
 * that opened and rejected 100 calls logged no line, and printed as {@code
 * CircuitBreaker@51521cc1}.)
 *
 * <p>Promises: Circuit breaker 8.
 */
@Tag("unit")
class LogTest {
  private final ManualTime time = new ManualTime();

  /** It logs as it does by default. */
  private Builder logging() {
    return CircuitBreaker.builder().name(Steps.NAME).timeSource(time).failureThreshold(2);
  }

  private static List<String> messages(Logged logged) {
    return logged.entries().stream().map(Logged.Entry::message).toList();
  }

  // ---- The log

  @Test
  void eachChangeOfStateIsLoggedOnceWithWhatLedToIt() {
    CircuitBreaker breaker = logging().build();
    try (Logged logged = new Logged()) {
      fail(breaker);
      failWith(breaker, new IOException("password=secret"));
      for (int i = 0; i < 25; i++) {
        refusal(breaker);
      }
      time.advance(TIMEOUT);
      assertThat(breaker.state()).isEqualTo(State.HALF_OPEN); // a question logs nothing
      cancel(breaker);
      fail(breaker);
      time.advance(TIMEOUT);
      succeed(breaker);
      succeed(breaker);
      assertThat(messages(logged))
          .containsExactly(
              "circuit breaker 'payments': CLOSED -> OPEN, 2 failures in a row, the last one with"
                  + " java.io.IOException",
              "circuit breaker 'payments': OPEN -> HALF_OPEN, its timeout of PT1M has passed",
              "circuit breaker 'payments': HALF_OPEN -> OPEN, a failed probe, the last one with"
                  + " io.asynctools.circuitbreaker.Steps$Down",
              "circuit breaker 'payments': OPEN -> HALF_OPEN, its timeout of PT1M has passed",
              "circuit breaker 'payments': HALF_OPEN -> CLOSED, a probe succeeded");
      assertThat(logged.entries()).allSatisfy(each -> assertThat(each.thrown()).isNull());
    }
  }

  @Test
  void whatIsDoneByHandIsLogged() {
    CircuitBreaker breaker = logging().build();
    try (Logged logged = new Logged()) {
      breaker.reset();
      breaker.forceOpen();
      breaker.forceOpen();
      breaker.isolate();
      breaker.isolate();
      breaker.reset();
      breaker.close();
      assertThat(messages(logged))
          .containsExactly(
              "circuit breaker 'payments': CLOSED -> OPEN, forceOpen() for PT1M",
              "circuit breaker 'payments': OPEN -> OPEN, isolate(), until reset()",
              "circuit breaker 'payments': OPEN -> CLOSED, reset()");
    }
  }

  @Test
  void aNameBreaksNoLine() {
    CircuitBreaker breaker = logging().name("pay\nINFO: all is well").build();
    try (Logged logged = new Logged()) {
      breaker.forceOpen();
      assertThat(messages(logged)).hasSize(1).allMatch(line -> !line.contains("\n"));
    }
    assertThat(breaker.toString()).doesNotContain("\n").contains("pay\\u000aINFO");
  }

  @Test
  void theLevelCanBeSet() {
    try (Logged logged = new Logged()) {
      logging().logLevel(System.Logger.Level.OFF).build().forceOpen();
      logging().logLevel(System.Logger.Level.TRACE).build().forceOpen();
      assertThat(logged.entries()).isEmpty();
      logging().logLevel(System.Logger.Level.WARNING).build().forceOpen();
      assertThat(logged.entries()).hasSize(1);
    }
  }

  @Test
  void aLoggerThatThrowsChangesNothing() {
    List<State> heard = new ArrayList<>();
    CircuitBreaker breaker = logging().onStateChange((from, to) -> heard.add(to)).build();
    try (Logged logged =
        new Logged(
            entry -> {
              throw new IllegalStateException("no disk");
            })) {
      fail(breaker, 2);
      time.advance(TIMEOUT);
      succeed(breaker);
      assertThat(logged.entries()).hasSize(3);
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(heard).containsExactly(State.OPEN, State.HALF_OPEN, State.CLOSED);
  }

  @Test
  void aLoggerThatUsesTheBreakerIsNotCalledRecursively() {
    CircuitBreaker breaker = logging().build();
    int[] depth = {0};
    int[] deepest = {0};
    try (Logged logged =
        new Logged(
            entry -> {
              deepest[0] = Math.max(deepest[0], ++depth[0]);
              if (entry.message().contains("-> OPEN")) {
                breaker.reset();
              }
              depth[0]--;
            })) {
      breaker.forceOpen();
      assertThat(logged.entries()).hasSize(2);
    }
    assertThat(deepest[0]).isEqualTo(1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  // ---- toString

  @Test
  void itPrintsInOneLineHowItStands() {
    CircuitBreaker breaker = logging().logLevel(System.Logger.Level.OFF).build();
    assertThat(breaker)
        .hasToString(
            "CircuitBreaker[name=payments, state=CLOSED, failureCount=0, failureThreshold=2]");
    fail(breaker, 2);
    assertThat(breaker)
        .hasToString(
            "CircuitBreaker[name=payments, state=OPEN, failureCount=2, timeout=PT1M, openedBy=2"
                + " failures in a row, the last one with"
                + " io.asynctools.circuitbreaker.Steps$Down]");
    time.advance(TIMEOUT);
    assertThat(breaker.toString()).startsWith("CircuitBreaker[name=payments, state=HALF_OPEN, ");
    admitted(breaker);
    assertThat(breaker.toString())
        .startsWith(
            "CircuitBreaker[name=payments, state=HALF_OPEN, failureCount=2, probes=1 of 1,"
                + " successes=0 of 1, openedBy=2 failures in a row");
    breaker.isolate();
    assertThat(breaker)
        .hasToString("CircuitBreaker[name=payments, state=OPEN, failureCount=2, isolated=true]");
    breaker.close();
    assertThat(breaker)
        .hasToString("CircuitBreaker[name=payments, state=OPEN, failureCount=2, closed=true]");
  }

  @Test
  void oneWithAWindowPrintsTheWindow() {
    assertThat(Steps.breakerOn(time).countWindow(30).failureRateThreshold(0.2).build())
        .hasToString(
            "CircuitBreaker[name=payments, state=CLOSED, failureCount=0, countWindow=30,"
                + " failureRateThreshold=0.2]");
    assertThat(Steps.breakerOn(time).timeWindow(TIMEOUT).build().toString())
        .contains("timeWindow=PT1M, failureRateThreshold=0.5]");
  }

  @Test
  void itPrintsThoughItsClockThrows() {
    boolean[] broken = {false};
    CircuitBreaker breaker =
        CircuitBreaker.builder()
            .logLevel(System.Logger.Level.OFF)
            .timeSource(
                new ReadableTime(
                    () -> {
                      if (broken[0]) {
                        throw new IllegalStateException("no clock");
                      }
                      return 0;
                    }))
            .build();
    breaker.forceOpen();
    broken[0] = true;
    assertThat(breaker.toString()).contains("state=OPEN");
  }

  @Test
  void aPermitPrintsWhoseItIs() {
    CircuitBreaker breaker = Steps.breakerOn(time).build();
    assertThat(admitted(breaker)).hasToString("BreakerPermit[breaker=payments, ended=false]");
  }
}
