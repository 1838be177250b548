package io.asynctools.circuitbreaker;

import static io.asynctools.circuitbreaker.Steps.NAME;
import static io.asynctools.circuitbreaker.Steps.TIMEOUT;
import static io.asynctools.circuitbreaker.Steps.admitted;
import static io.asynctools.circuitbreaker.Steps.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.circuitbreaker.Steps.Down;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Found by Lincheck: a caller that looked for a place while the breaker was half open took the one
 * that the failing probe gave back, and was let through to a callee that had just failed again.
 *
 * <p>A caller reads the clock before it looks for a place: what another thread does in between is
 * done by the clock.
 *
 * <p>Promises: Circuit breaker 1.
 */
@Tag("unit")
class AdmittedTooLateTest {
  private final Queue<Runnable> meanwhile = new ArrayDeque<>();
  private long now;
  private final CircuitBreaker breaker =
      CircuitBreaker.builder().name(NAME).timeSource(new ReadableTime(this::read)).build();
  private final Permit probe;

  AdmittedTooLateTest() {
    breaker.forceOpen();
    now = TIMEOUT.toNanos();
    probe = admitted(breaker);
  }

  private long read() {
    Runnable next = meanwhile.poll();
    if (next != null) {
      next.run();
    }
    return now;
  }

  @Test
  void nobodyTakesThePlaceOfAProbeThatHasJustOpenedIt() {
    meanwhile.add(() -> probe.recordFailure(new Down()));
    assertThat(breaker.tryAcquire()).isEmpty();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void whoSawItHalfOpenIsToldThatItIsOpen() {
    meanwhile.add(() -> probe.recordFailure(new Down()));
    assertThat(failure(breaker.acquire()))
        .isInstanceOfSatisfying(
            CircuitBreakerOpenException.class,
            refusal -> assertThat(refusal.retryAfter()).hasValue(TIMEOUT));
  }

  @Test
  void whoSawItHalfOpenIsAdmittedOnceItHasClosed() {
    meanwhile.add(() -> probe.recordSuccess());
    admitted(breaker).recordFailure(new Down());
    assertThat(breaker.failureCount()).as("counted by the closed breaker").isEqualTo(1);
  }

  @Test
  void whoSawItHalfOpenIsRefusedOnceItIsClosedForGood() {
    meanwhile.add(
        () -> {
          breaker.close();
          probe.release();
        });
    assertThat(failure(breaker.acquire())).isInstanceOf(LimiterClosedException.class);
  }

  @Test
  void whoSawItDueIsAdmittedByTheOneThatWasResetMeanwhile() {
    breaker.forceOpen();
    now += TIMEOUT.toNanos();
    meanwhile.add(breaker::reset);
    admitted(breaker).recordFailure(new Down());
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.failureCount()).as("counted by the closed breaker").isEqualTo(1);
  }
}
