package io.asynctools.benchmarks;

import io.asynctools.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our circuit breaker and its peers, opened by failures and open for a day. */
public final class OpenBreakers {
  private static final Duration DAY = Duration.ofDays(1);

  /** One that is asked, and refuses. */
  public abstract static class Asked extends ContendedSubject {
    abstract boolean attempt();

    @Override
    final boolean isOnPath() {
      return !attempt();
    }
  }

  /** The clock is read and compared: without that nobody knows whether the time has come. */
  @State(Scope.Benchmark)
  public static class Floor extends Asked {
    private long openedAt;
    private long timeout;

    @Override
    void open() {
      openedAt = System.nanoTime();
      timeout = DAY.toNanos();
    }

    @Override
    boolean attempt() {
      return System.nanoTime() - openedAt >= timeout;
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Ours extends Asked {
    private CircuitBreaker breaker;

    @Override
    void open() {
      breaker = CircuitBreaker.builder().timeout(DAY).build();
      while (breaker.state() == CircuitBreaker.State.CLOSED) {
        breaker.tryAcquire().orElseThrow().recordFailure(BreakerSubject.ERROR);
      }
    }

    @Override
    boolean attempt() {
      return breaker.tryAcquire().isPresent();
    }

    @Override
    void dispose() {
      breaker.close();
    }
  }

  /** Reads the wall clock, as an Instant. */
  @State(Scope.Benchmark)
  public static class Resilience4j extends Asked {
    private io.github.resilience4j.circuitbreaker.CircuitBreaker breaker;

    @Override
    void open() {
      breaker =
          io.github.resilience4j.circuitbreaker.CircuitBreaker.of(
              "peer", CircuitBreakerConfig.custom().waitDurationInOpenState(DAY).build());
      while (breaker.tryAcquirePermission()) {
        breaker.onError(0, breaker.getTimestampUnit(), BreakerSubject.ERROR);
      }
    }

    @Override
    boolean attempt() {
      return breaker.tryAcquirePermission();
    }
  }

  /** Without a lock, for once. */
  @State(Scope.Benchmark)
  public static class Failsafe extends Asked {
    private dev.failsafe.CircuitBreaker<Object> breaker;

    @Override
    void open() {
      breaker = dev.failsafe.CircuitBreaker.builder().withDelay(DAY).build();
      while (breaker.isClosed()) {
        breaker.recordException(BreakerSubject.ERROR);
      }
    }

    @Override
    boolean attempt() {
      return breaker.tryAcquirePermit();
    }
  }

  private OpenBreakers() {}
}
