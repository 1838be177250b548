package io.asynctools.benchmarks;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker;
import java.util.Optional;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Our circuit breaker by each of its rules, closed. */
public final class OurBreakers {

  /** Its default rule: so many failures in a row. */
  @State(Scope.Benchmark)
  public static class Consecutive extends BreakerSubject {
    private CircuitBreaker breaker;

    CircuitBreaker.Builder builder() {
      return CircuitBreaker.builder().failureThreshold(IN_A_ROW);
    }

    @Override
    final void open() {
      breaker = builder().build();
    }

    @Override
    final boolean succeed() {
      Optional<Permit> permit = breaker.tryAcquire();
      if (permit.isEmpty()) {
        return false;
      }
      permit.get().recordSuccess();
      return true;
    }

    @Override
    final boolean fail() {
      Optional<Permit> permit = breaker.tryAcquire();
      if (permit.isEmpty()) {
        return false;
      }
      permit.get().recordFailure(ERROR);
      return true;
    }

    @Override
    final boolean isClosed() {
      return breaker.state() == CircuitBreaker.State.CLOSED;
    }

    @Override
    final void dispose() {
      breaker.close();
    }
  }

  /** The share of failures among the last calls. */
  @State(Scope.Benchmark)
  public static class CountWindow extends Consecutive {
    @Override
    CircuitBreaker.Builder builder() {
      return CircuitBreaker.builder().countWindow(WINDOW).minimumCalls(MINIMUM_CALLS);
    }
  }

  /** The share of failures among the calls of the last seconds. */
  @State(Scope.Benchmark)
  public static class TimeWindow extends Consecutive {
    @Override
    CircuitBreaker.Builder builder() {
      return CircuitBreaker.builder().timeWindow(TIME_WINDOW).minimumCalls(MINIMUM_CALLS);
    }
  }

  private OurBreakers() {}
}
