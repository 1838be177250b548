package io.asynctools.circuitbreaker;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.AsyncRateLimiterContract;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/**
 * Every promise of "All limiters" that is not about waiting. A breaker admits a number of calls
 * while it is half open: its permits are the places of the probes, which come back when a probe
 * ends. So that no outcome of a call decides, no exception is a failure.
 */
@Tag("unit")
class CircuitBreakerContractTest extends AsyncRateLimiterContract {
  private static final Duration TIMEOUT = Duration.ofMillis(1);

  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    CircuitBreaker breaker =
        CircuitBreaker.builder()
            .logLevel(System.Logger.Level.OFF)
            .timeout(TIMEOUT)
            .halfOpenMaxCalls(Math.toIntExact(permits))
            .recordFailureIf(error -> false)
            .name(settings.name())
            .timeSource(settings.timeSource())
            .executor(settings.executor())
            .build();
    breaker.forceOpen();
    time.advance(TIMEOUT); // the first call makes it half open
    return breaker;
  }

  @Override
  public boolean weighted() {
    return false;
  }
}
