package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.testkit.WaitingLimiterContract;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every promise of "All limiters", through a view, while keys are forgotten as often as they may
 * be: whenever they are idle as somebody comes. The housekeeper has a clock and a timer of its own,
 * since the contract counts those of the limiter.
 */
@Tag("unit")
class PerKeyContractTest {

  @Nested
  class OverBuckets extends OverLimiters<TokenBucketRateLimiter> {
    @Override
    TokenBucketRateLimiter inner(LimiterSettings settings, long permits) {
      TokenBucketRateLimiter.Builder builder =
          TokenBucketRateLimiter.builder(Rate.perSecond(1))
              .capacity(permits)
              .name(settings.name())
              .timeSource(settings.timeSource())
              .executor(settings.executor())
              .maxWaiters(settings.maxWaiters());
      Duration maxWait = settings.maxWait();
      return (maxWait == null ? builder : builder.maxWait(maxWait)).build();
    }

    @Override
    public Duration permitEvery() {
      return Duration.ofSeconds(1);
    }
  }

  @Nested
  class OverSemaphores extends OverLimiters<SemaphoreRateLimiter> {
    @Override
    SemaphoreRateLimiter inner(LimiterSettings settings, long permits) {
      SemaphoreRateLimiter.Builder builder =
          SemaphoreRateLimiter.builder(Math.toIntExact(permits))
              .name(settings.name())
              .timeSource(settings.timeSource())
              .executor(settings.executor())
              .maxWaiters(settings.maxWaiters());
      Duration maxWait = settings.maxWait();
      return (maxWait == null ? builder : builder.maxWait(maxWait)).build();
    }
  }

  abstract static class OverLimiters<L extends RateLimiterBase> extends WaitingLimiterContract {
    private boolean restless = true;
    private final Map<AsyncRateLimiter, Made<L>> made = new ConcurrentHashMap<>();

    /** What is behind a view: all the limiters that its key has had. */
    private record Made<L extends RateLimiterBase>(
        PerKeyRateLimiter<RestlessKey, L> keys, Queue<L> limiters) {}

    abstract L inner(LimiterSettings settings, long permits);

    @Override
    public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
      HandTurned housekeeping = new HandTurned();
      Queue<L> limiters = new ConcurrentLinkedQueue<>();
      Function<RestlessKey, L> factory =
          key -> {
            L limiter = inner(settings, permits);
            limiters.add(limiter);
            return limiter;
          };
      PerKeyRateLimiter<RestlessKey, L> keys =
          PerKeyRateLimiter.builder()
              .name(settings.name())
              .timeSource(housekeeping)
              .executor(Runnable::run)
              .maxIdle(Duration.ofNanos(1))
              .cleanupInterval(Duration.ofNanos(1))
              .build(factory);
      AsyncRateLimiter view = keys.forKey(new RestlessKey(housekeeping, () -> restless));
      made.put(view, new Made<>(keys, limiters));
      return view;
    }

    @Override
    public void close(AsyncRateLimiter limiter) {
      limiter.close(); // does nothing
      made.get(limiter).keys.close();
    }

    /**
     * The housekeeper allocates what it needs; here it rests.
     *
     * <p>Promises: All 13.
     */
    @Override
    @Test
    public void aRefusedTryAllocatesNothing() {
      restless = false;
      super.aRefusedTryAllocatesNothing();
    }

    /**
     * Else the contract says nothing of forgetting.
     *
     * <p>Promises: Per key 2, Per key 4.
     */
    @Test
    void theKeyIsForgottenMeanwhile() {
      ManualTime time = new ManualTime();
      AsyncRateLimiter view =
          limiter(time, new LimiterSettings("tenants", time, time, null, 10), 1);
      for (int life = 1; life <= 3; life++) {
        Permit held = view.tryAcquire().orElseThrow();
        assertThat(made.get(view).limiters).hasSize(life);
        assertThat(view.tryAcquire()).isEmpty();
        free(view, time, held, 1);
      }
    }

    /** Of those that were forgotten, too: nobody may wait there. */
    @Override
    public int waiters(AsyncRateLimiter limiter) {
      return made.get(limiter).limiters.stream().mapToInt(RateLimiterBase::waiters).sum();
    }
  }

  /**
   * A key that lets the housekeeper go round whenever it is asked for its hash code: before each
   * use.
   */
  private static final class RestlessKey {
    private final HandTurned housekeeping;
    private final BooleanSupplier restless;

    RestlessKey(HandTurned housekeeping, BooleanSupplier restless) {
      this.housekeeping = housekeeping;
      this.restless = restless;
    }

    @Override
    public int hashCode() {
      if (restless.getAsBoolean()) {
        housekeeping.ring();
      }
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }
  }
}
