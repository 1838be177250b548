package io.asynctools.semaphore;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import org.junit.jupiter.api.Tag;

/** Every promise of "All limiters". */
@Tag("unit")
class SemaphoreContractTest extends WaitingLimiterContract {

  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return SemaphoreRateLimiter.builder(Math.toIntExact(permits)).settings(settings).build();
  }
}
