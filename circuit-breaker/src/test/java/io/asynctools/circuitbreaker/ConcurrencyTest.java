package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.ManualTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads at once, while the time stands still. */
@Tag("unit")
@Timeout(60)
class ConcurrencyTest {
  private static final int ROUNDS = 400;

  private final ManualTime time = new ManualTime(WRAPS_SOON);
  private final List<String> changes = new CopyOnWriteArrayList<>();
  private final Together threads = new Together(4);

  @AfterEach
  void stop() {
    threads.close();
  }

  private CircuitBreaker.Builder recorded() {
    return breakerOn(time).onStateChange((from, to) -> changes.add(from + ">" + to));
  }

  /** {@code resilience4j} #1432. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void noMoreThanTheProbesAreAdmittedWhenManySeeTheTimeOutPass(int probes) throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1).halfOpenMaxCalls(probes).build();
    for (int round = 0; round < ROUNDS; round++) {
      fail(breaker);
      changes.clear();
      time.advance(TIMEOUT);
      AtomicInteger admitted = new AtomicInteger();
      threads.run(
          thread -> {
            for (int i = 0; i < 3; i++) {
              if (breaker.tryAcquire().isPresent()) {
                admitted.incrementAndGet();
              }
            }
          });
      assertThat(admitted).hasValue(probes);
      assertThat(changes).containsExactly("OPEN>HALF_OPEN");
      breaker.reset();
    }
  }

  /** Promises: Circuit breaker 1. */
  @Test
  void probesThatComeAndGoAreNeverTooMany() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1).halfOpenMaxCalls(2).build();
    fail(breaker);
    time.advance(TIMEOUT);
    AtomicInteger out = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    threads.run(
        thread -> {
          for (int i = 0; i < 20_000; i++) {
            Optional<Permit> probe = breaker.tryAcquire();
            if (probe.isPresent()) {
              most.accumulateAndGet(out.incrementAndGet(), Math::max);
              out.decrementAndGet();
              probe.get().release();
            }
          }
        });
    assertThat(most.get()).isBetween(1, 2);
    admitted(breaker);
    admitted(breaker);
    assertThat(breaker.tryAcquire()).isEmpty();
  }

  /** Promises: Circuit breaker 3. */
  @Test
  void onePlaceThatIsOverdueGoesToOne() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1).halfOpenMaxCalls(1).build();
    fail(breaker);
    time.advance(TIMEOUT);
    Permit lost = admitted(breaker);
    for (int round = 0; round < ROUNDS; round++) {
      time.advance(TIMEOUT);
      Permit late = lost;
      List<Permit> admitted = new CopyOnWriteArrayList<>();
      threads.run(
          thread -> {
            if (thread == 0) {
              late.release();
            } else {
              breaker.tryAcquire().ifPresent(admitted::add);
            }
          });
      breaker.tryAcquire().ifPresent(admitted::add); // if the others came before the release
      assertThat(admitted).hasSize(1);
      lost = admitted.get(0);
    }
  }

  /** Promises: Circuit breaker 5. */
  @Test
  void manyFailuresAtOnceOpenItOnce() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      CircuitBreaker breaker = recorded().failureThreshold(3).build();
      List<Permit> permits =
          List.of(admitted(breaker), admitted(breaker), admitted(breaker), admitted(breaker));
      changes.clear();
      threads.run(thread -> permits.get(thread).recordFailure(new Down()));
      assertThat(breaker.state()).isEqualTo(State.OPEN);
      assertThat(changes).containsExactly("CLOSED>OPEN");
    }
  }

  /** Promises: Circuit breaker 1. */
  @Test
  void noFailureIsLost() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1_000_000).build();
    threads.run(thread -> fail(breaker, 5_000));
    assertThat(breaker.failureCount()).isEqualTo(20_000);
  }

  /** Promises: Circuit breaker 2, Circuit breaker 5. */
  @Test
  void whicheverProbeIsFirstDecidesOnce() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1).halfOpenMaxCalls(4).build();
    for (int round = 0; round < ROUNDS; round++) {
      breaker.forceOpen();
      time.advance(TIMEOUT);
      List<Permit> probes =
          List.of(admitted(breaker), admitted(breaker), admitted(breaker), admitted(breaker));
      changes.clear();
      threads.run(
          thread -> {
            if (thread % 2 == 0) {
              probes.get(thread).recordSuccess();
            } else {
              probes.get(thread).recordFailure(new Down());
            }
          });
      assertThat(changes).hasSize(1);
      assertThat(changes.get(0)).isEqualTo("HALF_OPEN>" + breaker.state());
    }
  }

  /** Promises: Circuit breaker 1, Circuit breaker 5. */
  @Test
  void successesOfManyThreadsAreAllCountedAndCloseItOnce() throws Exception {
    CircuitBreaker breaker = recorded().halfOpenMaxCalls(5).halfOpenSuccesses(5).build();
    for (int round = 0; round < ROUNDS; round++) {
      breaker.forceOpen();
      time.advance(TIMEOUT);
      List<Permit> probes =
          List.of(admitted(breaker), admitted(breaker), admitted(breaker), admitted(breaker));
      changes.clear();
      threads.run(thread -> probes.get(thread).recordSuccess());
      assertThat(changes).as("after 4 of 5").isEmpty();
      succeed(breaker);
      assertThat(changes).containsExactly("HALF_OPEN>CLOSED");
    }
  }

  /** Promises: Circuit breaker 3, Circuit breaker 5. */
  @Test
  void aLateSuccessAndTheFailureOfTheNextProbeDecideOnce() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1).build();
    for (int round = 0; round < ROUNDS; round++) {
      breaker.forceOpen();
      time.advance(TIMEOUT);
      Permit late = admitted(breaker);
      time.advance(TIMEOUT);
      Permit next = admitted(breaker);
      changes.clear();
      threads.run(
          thread -> {
            if (thread == 0) {
              late.recordSuccess();
            } else if (thread == 1) {
              next.recordFailure(new Down());
            }
          });
      assertThat(changes).hasSize(1);
      assertThat(changes.get(0)).isEqualTo("HALF_OPEN>" + breaker.state());
    }
  }

  /** Promises: Circuit breaker 1. */
  @Test
  void noProbeEndsAnIsolation() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1).build();
    for (int round = 0; round < ROUNDS; round++) {
      breaker.reset();
      breaker.forceOpen();
      time.advance(TIMEOUT);
      threads.run(
          thread -> {
            if (thread == 0) {
              breaker.isolate();
            } else if (thread == 1) {
              breaker.forceOpen();
            } else {
              breaker.tryAcquire().ifPresent(Permit::recordSuccess);
            }
          });
      assertThat(breaker.isIsolated()).isTrue();
      assertThat(breaker.tryAcquire()).isEmpty();
    }
  }

  /** Promises: Circuit breaker 2, All 5. */
  @Test
  void onePermitThatManyThreadsEndCountsOnce() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(1_000_000).build();
    for (int round = 1; round <= ROUNDS; round++) {
      Permit permit = admitted(breaker);
      threads.run(thread -> permit.recordFailure(new Down()));
      assertThat(breaker.failureCount()).isEqualTo(round);
    }
  }

  /** Promises: Circuit breaker 5. */
  @Test
  void successesAndFailuresOfManyThreadsLeaveItWorking() throws Exception {
    CircuitBreaker breaker = recorded().failureThreshold(4).halfOpenMaxCalls(2).build();
    threads.run(
        thread -> {
          for (int i = 0; i < 5_000; i++) {
            Optional<Permit> permit = breaker.tryAcquire();
            if (permit.isPresent() && (i + thread) % 3 == 0) {
              permit.get().recordSuccess();
            } else if (permit.isPresent()) {
              permit.get().recordFailure(new Down());
            } else if (thread == 0) {
              time.advance(TIMEOUT);
            }
          }
        });
    time.advance(TIMEOUT);
    breaker.tryAcquire().ifPresent(Permit::recordSuccess);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    succeed(breaker);
    assertThat(breaker.failureCount()).isZero();
    Paths.areConnected(changes);
  }
}
