package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every promise of "All limiters", for the limiter of one key. The time-outs of its commands are
 * timed by another clock, since the contract counts the timers of those who wait.
 */
@Tag("unit")
class RedisContractTest extends WaitingLimiterContract {

  @Override
  public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
    ExactRate rate = new ExactRate(Rate.perSecond(1), permits);
    return Fixture.limiter(settings, rate, new FakeRedis(time, rate), new ManualTime());
  }

  /** What is gone is gone in Redis: forgetting what is here admits nothing. */
  @Override
  @Test
  public void aLimiterThatAFreshOneWouldOutdoIsNotIdle() {
    ManualTime time = new ManualTime();
    LimiterSettings settings = new LimiterSettings("on trial", time, time, null, 10);
    ExactRate rate = new ExactRate(Rate.perSecond(1), 2);
    FakeRedis redis = new FakeRedis(time, rate);
    KeyLimiter limiter = Fixture.limiter(settings, rate, redis, time);
    assertThat(Fixture.granted(answered(limiter.acquire(2), time))).isTrue();
    assertThat(limiter.isIdle()).isTrue();
    KeyLimiter fresh = Fixture.limiter(settings, rate, redis, time);
    assertThat(Fixture.granted(answered(fresh.acquire(1, Duration.ZERO), time))).isFalse();
  }

  /**
   * Not promised yet: a refund in Redis subtracts all that was refunded since the grant, of younger
   * grants too. It never grants too much, but burns a token if the younger grant is refunded first.
   */
  @Override
  @TestFactory
  @Disabled("a refund in Redis burns a token if a younger grant was refunded before")
  public Stream<DynamicTest> grantsAreRefundedInAnyOrder() {
    return super.grantsAreRefundedInAnyOrder();
  }

  private static CompletableFuture<Permit> answered(
      CompletableFuture<Permit> permit, ManualTime time) {
    time.runTasks();
    return permit;
  }

  /** Idle all the while; see above. */
  @Override
  @Test
  public void aLimiterIsIdleAgainWhenAllIsBack() {
    aLimiterThatAFreshOneWouldOutdoIsNotIdle();
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
