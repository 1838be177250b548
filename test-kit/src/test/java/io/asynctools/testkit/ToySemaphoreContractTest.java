package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.LimiterSettings;
import org.junit.jupiter.api.Tag;

/** The first toy keeps what every limiter promises. */
@Tag("unit")
class ToySemaphoreContractTest extends WaitingLimiterContract {
  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return new ToySemaphore(settings, permits);
  }
}
