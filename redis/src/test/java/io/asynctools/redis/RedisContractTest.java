package io.asynctools.redis;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * Every promise of "All limiters", for the limiter of one key. The time-outs of its commands are
 * timed by another clock, since the contract counts the timers of those who wait.
 */
@Tag("unit")
class RedisContractTest {

  /** The bucket in Redis. */
  @Nested
  class Shared extends Contract {
    @Override
    FakeRedis redis(ManualTime time, ExactRate rate) {
      return new FakeRedis(time, rate);
    }
  }

  abstract static class Contract extends WaitingLimiterContract {
    abstract FakeRedis redis(ManualTime time, ExactRate rate);

    @Override
    public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
      ExactRate rate = new ExactRate(Rate.perSecond(1), permits);
      return Fixture.limiter(settings, rate, redis(time, rate), new ManualTime());
    }

    @Override
    public Duration permitEvery() {
      return Duration.ofSeconds(1);
    }

    @Override
    public boolean answersLater() {
      return true;
    }
  }
}
