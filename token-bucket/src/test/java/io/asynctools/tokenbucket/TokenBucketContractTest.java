package io.asynctools.tokenbucket;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** Every promise of "All limiters". */
@Tag("unit")
class TokenBucketContractTest extends WaitingLimiterContract {

  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    return TokenBucketRateLimiter.builder(Rate.perSecond(1))
        .capacity(permits)
        .settings(settings)
        .build();
  }

  @Override
  public Duration permitEvery() {
    return Duration.ofSeconds(1);
  }
}
