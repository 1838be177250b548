package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.WRAPS_SOON;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.breakerOn;
import static io.asynctools.circuitbreaker.Steps.fail;
import static io.asynctools.circuitbreaker.Steps.refusal;
import static io.asynctools.circuitbreaker.Steps.succeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each change of state is reported once, in order, one at a time.
 *
 * <p>Promises: Circuit breaker 5.
 */
@Tag("unit")
@Timeout(60)
class StateChangesTest {
  private final ManualTime time = new ManualTime(WRAPS_SOON);
  private final List<String> changes = new ArrayList<>(); // by the one whose turn it is
  private final CircuitBreaker breaker =
      breakerOn(time)
          .failureThreshold(2)
          .onStateChange((from, to) -> changes.add(from + ">" + to))
          .build();

  @Test
  void eachChangeIsReportedAtOnce() {
    fail(breaker);
    assertThat(changes).isEmpty();
    fail(breaker);
    assertThat(changes).containsExactly("CLOSED>OPEN");
    time.advance(TIMEOUT);
    assertThat(changes).hasSize(1);
    admitted(breaker).release();
    assertThat(changes).hasSize(2).endsWith("OPEN>HALF_OPEN");
    fail(breaker);
    assertThat(changes).hasSize(3).endsWith("HALF_OPEN>OPEN");
    time.advance(TIMEOUT);
    succeed(breaker);
    assertThat(changes).hasSize(5).endsWith("OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
  }

  @Test
  void whatIsDoneByHandIsReportedToo() {
    breaker.forceOpen();
    breaker.reset();
    breaker.forceOpen();
    time.advance(TIMEOUT);
    admitted(breaker);
    breaker.reset();
    assertThat(changes)
        .containsExactly(
            "CLOSED>OPEN", "OPEN>CLOSED", "CLOSED>OPEN", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
  }

  @Test
  void whatLeavesTheStateAsItIsIsNoChange() {
    breaker.reset();
    succeed(breaker);
    fail(breaker);
    breaker.reset();
    assertThat(changes).isEmpty();
    breaker.forceOpen();
    breaker.forceOpen();
    refusal(breaker);
    assertThat(changes).containsExactly("CLOSED>OPEN");
    breaker.reset();
    breaker.reset();
    assertThat(changes).containsExactly("CLOSED>OPEN", "OPEN>CLOSED");
  }

  @Test
  void lateOutcomesAreNoChanges() {
    Permit one = admitted(breaker);
    Permit other = admitted(breaker);
    fail(breaker, 2);
    one.recordSuccess();
    other.recordFailure(new Down());
    assertThat(changes).containsExactly("CLOSED>OPEN");
  }

  @Test
  void closingIsNoChangeAndNoneFollows() {
    fail(breaker, 2);
    breaker.close();
    breaker.reset();
    breaker.forceOpen();
    time.advance(TIMEOUT);
    assertThat(breaker.tryAcquire()).isEmpty();
    assertThat(changes).containsExactly("CLOSED>OPEN");
  }

  @Test
  void aListenerSeesTheBreakerInTheStateItHearsOf() {
    List<State> seen = new ArrayList<>();
    CircuitBreaker[] self = new CircuitBreaker[1];
    self[0] = breakerOn(time).onStateChange((from, to) -> seen.add(self[0].state())).build();
    self[0].forceOpen();
    self[0].reset();
    assertThat(seen).containsExactly(State.OPEN, State.CLOSED);
  }

  @Test
  void aListenerThatChangesTheStateIsNotCalledRecursively() {
    CircuitBreaker[] self = new CircuitBreaker[1];
    AtomicInteger depth = new AtomicInteger();
    self[0] =
        breakerOn(time)
            .onStateChange(
                (from, to) -> {
                  assertThat(depth.incrementAndGet()).isEqualTo(1);
                  changes.add(from + ">" + to);
                  if (changes.size() < 10_000) {
                    if (to == State.OPEN) {
                      self[0].reset();
                    } else {
                      self[0].forceOpen();
                    }
                    assertThat(self[0].state()).isNotEqualTo(to);
                  }
                  depth.decrementAndGet();
                })
            .build();
    self[0].forceOpen();
    assertThat(changes).hasSize(10_000); // and no stack has overflowed
    Paths.areConnected(changes);
    assertThat(depth).as("an assertion in the listener failed").hasValue(0);
  }

  @Test
  void aListenerMayCloseTheBreaker() {
    CircuitBreaker[] self = new CircuitBreaker[1];
    self[0] =
        breakerOn(time)
            .onStateChange(
                (from, to) -> {
                  changes.add(from + ">" + to);
                  self[0].close();
                  self[0].reset();
                })
            .build();
    self[0].forceOpen();
    assertThat(changes).containsExactly("CLOSED>OPEN");
    assertThat(self[0].state()).isEqualTo(State.OPEN);
  }

  /** Promises: Circuit breaker 5, All 14. */
  @Test
  void aListenerThatThrowsIsLoggedOnceAndChangesNothing() throws Exception {
    for (Throwable thrown : List.of(new IllegalStateException(), new AssertionError())) {
      List<String> heard = new ArrayList<>();
      CircuitBreaker bothered =
          breakerOn(time)
              .failureThreshold(1)
              .onStateChange(
                  (from, to) -> {
                    heard.add(from + ">" + to);
                    Steps.sneakily(thrown);
                  })
              .build();
      try (Logged logged = new Logged()) {
        fail(bothered); // its caller hears of the callee's failure, not of the listener's
        assertThat(bothered.state()).isEqualTo(State.OPEN);
        time.advance(TIMEOUT);
        succeed(bothered);
        assertThat(bothered.state()).isEqualTo(State.CLOSED);
        assertThat(heard).containsExactly("CLOSED>OPEN", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
        assertThat(logged.entries()).hasSize(1);
        assertThat(logged.entries().get(0).message())
            .contains("onStateChange")
            .contains(Steps.NAME);
      }
    }
  }

  /** Only the last of several listeners was called. */
  @Test
  void allListenersAreCalledInTheOrderInWhichTheyWereAdded() {
    CircuitBreaker heard =
        breakerOn(time)
            .failureThreshold(1)
            .onStateChange((from, to) -> changes.add("first " + to))
            .onStateChange((from, to) -> changes.add("second " + to))
            .onStateChange((from, to) -> changes.add("third " + to))
            .build();
    fail(heard);
    heard.reset();
    assertThat(changes)
        .containsExactly(
            "first OPEN",
            "second OPEN",
            "third OPEN",
            "first CLOSED",
            "second CLOSED",
            "third CLOSED");
  }

  /** Promises: Circuit breaker 5, All 14. */
  @Test
  void aListenerThatThrowsDoesNotSilenceTheOthers() throws Exception {
    CircuitBreaker heard =
        breakerOn(time)
            .failureThreshold(1)
            .onStateChange((from, to) -> Steps.sneakily(new AssertionError("one")))
            .onStateChange((from, to) -> changes.add(from + ">" + to))
            .onStateChange((from, to) -> Steps.sneakily(new IOException("another")))
            .build();
    try (Logged logged = new Logged()) {
      fail(heard);
      heard.reset();
      assertThat(changes).containsExactly("CLOSED>OPEN", "OPEN>CLOSED");
      assertThat(logged.entries()).as("each is logged once").hasSize(2);
    }
  }

  @Test
  void aBuilderThatIsUsedOnDoesNotChangeWhatItHasBuilt() {
    CircuitBreaker.Builder builder =
        breakerOn(time).onStateChange((from, to) -> changes.add("one"));
    CircuitBreaker built = builder.build();
    builder.onStateChange((from, to) -> changes.add("another"));
    built.forceOpen();
    assertThat(changes).containsExactly("one");
  }

  @Test
  void whileAListenerIsBusyNobodyWaitsAndNothingIsLost() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CircuitBreaker slow =
        breakerOn(time)
            .onStateChange(
                (from, to) -> {
                  changes.add(from + ">" + to);
                  busy.countDown();
                  uninterrupted(goOn);
                })
            .build();
    Thread listener = new Thread(slow::forceOpen);
    listener.start();
    busy.await();
    slow.reset();
    succeed(slow);
    slow.forceOpen();
    time.advance(TIMEOUT);
    succeed(slow);
    assertThat(slow.state()).isEqualTo(State.CLOSED);
    goOn.countDown();
    listener.join();
    assertThat(changes)
        .containsExactly(
            "CLOSED>OPEN", "OPEN>CLOSED", "CLOSED>OPEN", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void underContentionTheChangesAreOnePath() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    List<Integer> overlaps = new ArrayList<>();
    CircuitBreaker busy =
        breakerOn(time)
            .failureThreshold(1)
            .halfOpenMaxCalls(2)
            .onStateChange(
                (from, to) -> {
                  if (inside.incrementAndGet() != 1) {
                    overlaps.add(changes.size());
                  }
                  changes.add(from + ">" + to);
                  inside.decrementAndGet();
                })
            .build();
    try (Together threads = new Together(4)) {
      CyclicBarrier lap = new CyclicBarrier(4);
      threads.run(
          thread -> {
            for (int i = 0; i < 5_000; i++) {
              switch ((i + thread) % 4) {
                case 0 -> busy.tryAcquire().ifPresent(permit -> permit.recordFailure(new Down()));
                case 1 -> busy.reset();
                case 2 -> busy.forceOpen();
                default -> {
                  if (thread == 0) {
                    time.advance(TIMEOUT);
                  }
                  busy.tryAcquire().ifPresent(Permit::recordSuccess);
                }
              }
              if (i % 500 == 0) {
                lap.await();
              }
            }
          });
    }
    assertThat(overlaps).isEmpty();
    assertThat(changes).hasSizeGreaterThan(1_000);
    Paths.areConnected(changes);
    assertThat(changes.get(changes.size() - 1)).endsWith(">" + busy.state());
  }

  @Test
  void anEndedStateHoldsNothingOfWhatFollowed() {
    BreakerPermit hanging = (BreakerPermit) admitted(breaker);
    breaker.forceOpen();
    breaker.reset();
    breaker.forceOpen();
    assertThat(hanging.epoch().takeNext())
        .as("what a permit that is held for ever keeps in memory")
        .isNull();
    CircuitBreaker unheard = breakerOn(time).build();
    BreakerPermit other = (BreakerPermit) admitted(unheard);
    unheard.forceOpen();
    assertThat(other.epoch().takeNext()).isNull();
  }
}
