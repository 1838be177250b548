package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** A sliding window keeps what every limiter promises: permits that come back together. */
@Tag("unit")
class ToyLogContractTest extends WaitingLimiterContract {
  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return new ToyLog(settings, permits);
  }

  @Override
  public Duration permitEvery() {
    return ToyLog.LENGTH;
  }

  @Override
  public boolean permitsComeBackTogether() {
    return true;
  }
}
