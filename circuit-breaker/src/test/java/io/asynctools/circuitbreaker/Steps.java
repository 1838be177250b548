package io.asynctools.circuitbreaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The steps that the tests are told in. */
final class Steps {
  static final String NAME = "payments";
  static final Duration TIMEOUT = Duration.ofSeconds(60);
  static final Duration ONE_NANO = Duration.ofNanos(1);

  /** Half a second later the clock wraps. */
  static final long WRAPS_SOON = Long.MAX_VALUE - 500_000_000;

  private Steps() {}

  /** What a callee says that is not well. */
  static final class Down extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Down() {
      super("the callee is down");
    }
  }

  /** It does not log: tests make many changes of state. */
  static CircuitBreaker.Builder breakerOn(ManualTime time) {
    return CircuitBreaker.builder()
        .name(NAME)
        .timeSource(time)
        .executor(time)
        .logLevel(System.Logger.Level.OFF);
  }

  static Permit admitted(AsyncRateLimiter breaker) {
    return breaker.tryAcquire().orElseThrow();
  }

  static void succeed(AsyncRateLimiter breaker) {
    assertThat(breaker.execute(() -> CompletableFuture.completedFuture("well"))).isCompleted();
  }

  static void fail(AsyncRateLimiter breaker) {
    failWith(breaker, new Down());
  }

  static void fail(AsyncRateLimiter breaker, int times) {
    for (int i = 0; i < times; i++) {
      fail(breaker);
    }
  }

  /** A call that ends with this error, and is not refused. */
  static void failWith(AsyncRateLimiter breaker, Throwable error) {
    assertThat(failure(breaker.execute(() -> CompletableFuture.failedFuture(error))))
        .isSameAs(error);
  }

  static void cancel(AsyncRateLimiter breaker) {
    assertThat(breaker.execute(CompletableFuture::new).cancel(true)).isTrue();
  }

  /** Takes a breaker that is OPEN to HALF_OPEN, with no probe out. */
  static void letProbesIn(CircuitBreaker breaker, ManualTime time, Duration timeout) {
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    time.advance(timeout);
    admitted(breaker).release();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  /** Asks a breaker that has to refuse, in all the ways there are; gives what it said. */
  static CircuitBreakerOpenException refusal(AsyncRateLimiter breaker) {
    assertThat(breaker.tryAcquire()).isEmpty();
    assertThat(breaker.tryAcquire(7)).isEmpty();
    assertThat(failure(breaker.acquire(3, Duration.ofDays(1)))).isInstanceOf(refusalType());
    boolean[] started = new boolean[1];
    Throwable said =
        failure(
            breaker.execute(
                () -> {
                  started[0] = true;
                  return CompletableFuture.completedFuture("never");
                }));
    assertThat(started[0]).as("a refused call was started").isFalse();
    assertThat(said).isInstanceOf(refusalType());
    CircuitBreakerOpenException refusal = (CircuitBreakerOpenException) said;
    assertThat(refusal.limiter()).isEqualTo(NAME);
    assertThat(refusal.reason()).isEqualTo(Reason.CIRCUIT_OPEN);
    return refusal;
  }

  private static Class<CircuitBreakerOpenException> refusalType() {
    return CircuitBreakerOpenException.class;
  }

  static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    @Nullable Throwable failure = future.handle((value, thrown) -> thrown).join();
    assertThat(failure).isNotNull();
    return failure;
  }

  /** Throws anything. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <X extends Throwable> void sneakily(Throwable error) throws X {
    throw (X) error;
  }
}
