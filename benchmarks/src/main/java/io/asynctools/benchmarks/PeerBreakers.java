package io.asynctools.benchmarks;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The peers of our circuit breaker, closed, by rules that come near ours. */
public final class PeerBreakers {

  /**
   * A permission and an outcome as its own decorators ask for and report them: it has every call
   * timed, whether slow ones count or not.
   */
  @State(Scope.Benchmark)
  public static class Resilience4jCount extends BreakerSubject {
    private CircuitBreaker breaker;

    SlidingWindowType window() {
      return SlidingWindowType.COUNT_BASED;
    }

    int windowSize() {
      return WINDOW;
    }

    @Override
    final void open() {
      breaker =
          CircuitBreaker.of(
              "peer",
              CircuitBreakerConfig.custom()
                  .slidingWindow(windowSize(), MINIMUM_CALLS, window())
                  .failureRateThreshold(FAILURE_RATE)
                  .build());
    }

    long now() {
      return breaker.getCurrentTimestamp();
    }

    @Override
    final boolean succeed() {
      if (!breaker.tryAcquirePermission()) {
        return false;
      }
      long start = now();
      breaker.onSuccess(now() - start, breaker.getTimestampUnit());
      return true;
    }

    @Override
    final boolean fail() {
      if (!breaker.tryAcquirePermission()) {
        return false;
      }
      long start = now();
      breaker.onError(now() - start, breaker.getTimestampUnit(), ERROR);
      return true;
    }

    @Override
    final boolean isClosed() {
      return breaker.getState() == CircuitBreaker.State.CLOSED;
    }
  }

  /** By a caller who does not use its decorators, and says that every call took no time. */
  @State(Scope.Benchmark)
  public static class Resilience4jUntimed extends Resilience4jCount {
    @Override
    long now() {
      return 0;
    }
  }

  /** The calls of the last seconds, in slices of one second. */
  @State(Scope.Benchmark)
  public static class Resilience4jTime extends Resilience4jCount {
    @Override
    SlidingWindowType window() {
      return SlidingWindowType.TIME_BASED;
    }

    @Override
    int windowSize() {
      return (int) TIME_WINDOW.toSeconds();
    }
  }

  /** Its default: the first failure opens it, so there is nothing to count. */
  @State(Scope.Benchmark)
  public static class FailsafeDefault extends BreakerSubject {
    private dev.failsafe.CircuitBreaker<Object> breaker;

    dev.failsafe.CircuitBreakerBuilder<Object> builder() {
      return dev.failsafe.CircuitBreaker.builder();
    }

    @Override
    final void open() {
      breaker = builder().build();
    }

    @Override
    final boolean succeed() {
      if (!breaker.tryAcquirePermit()) {
        return false;
      }
      breaker.recordSuccess();
      return true;
    }

    @Override
    final boolean fail() {
      if (!breaker.tryAcquirePermit()) {
        return false;
      }
      breaker.recordException(ERROR);
      return true;
    }

    @Override
    final boolean isClosed() {
      return breaker.isClosed();
    }
  }

  /** So many failures among the last calls. */
  @State(Scope.Benchmark)
  public static class FailsafeCount extends FailsafeDefault {
    @Override
    dev.failsafe.CircuitBreakerBuilder<Object> builder() {
      return super.builder().withFailureThreshold(WINDOW * FAILURE_RATE / 100, WINDOW);
    }
  }

  /** The share of failures among the calls of the last seconds, in ten slices. */
  @State(Scope.Benchmark)
  public static class FailsafeTime extends FailsafeDefault {
    @Override
    dev.failsafe.CircuitBreakerBuilder<Object> builder() {
      return super.builder().withFailureRateThreshold(FAILURE_RATE, MINIMUM_CALLS, TIME_WINDOW);
    }
  }

  private PeerBreakers() {}
}
