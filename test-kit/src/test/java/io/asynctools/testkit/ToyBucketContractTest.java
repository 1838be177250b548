package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.LimiterSettings;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** A bucket keeps what every limiter promises: permits that come back by time alone. */
@Tag("unit")
class ToyBucketContractTest extends WaitingLimiterContract {
  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return new ToyBucket(settings, permits);
  }

  @Override
  public Duration permitEvery() {
    return ToyBucket.EVERY;
  }
}
