package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.RateLimiterBase;

/**
 * What every limiter that queues promises, as tests, beside all of {@link
 * AsyncRateLimiterContract}: order, cancellation that costs nothing, refunds that grant nothing
 * twice, {@code maxWait} and {@code maxWaiters}, delivery on the executor.
 *
 * <pre>{@code
 * class BucketContractTest extends WaitingLimiterContract {
 *   @Override public AsyncRateLimiter limiter(ManualTime time, LimiterSettings settings, long permits) {
 *     return new Bucket(settings, Rate.perSecond(1), permits); // full, and never fuller
 *   }
 *   @Override public Duration permitEvery() { return Duration.ofSeconds(1); }
 * }
 * }</pre>
 */
public abstract class WaitingLimiterContract extends AsyncRateLimiterContract
    implements OrderPromises,
        CancellationPromises,
        RefundPromises,
        MaxWaitPromises,
        DeliveryPromises,
        BlockedPromises,
        EndOfWaitingPromises {

  /** For subclasses. */
  protected WaitingLimiterContract() {}

  @Override
  public int waiters(AsyncRateLimiter limiter) {
    if (limiter instanceof RateLimiterBase base) {
      return base.waiters();
    }
    throw new UnsupportedOperationException(
        "override waiters(limiter): only a RateLimiterBase says by itself how many wait, not "
            + limiter.getClass().getName());
  }
}
