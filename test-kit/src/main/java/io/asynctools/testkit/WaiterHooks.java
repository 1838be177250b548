package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.spi.RateLimiterBase;

/** What a contract has to know besides of a limiter that queues. */
interface WaiterHooks extends LimiterHooks {
  /**
   * How many wait. By default asks {@link RateLimiterBase#waiters}; a limiter that is none
   * overrides this.
   *
   * @param limiter the limiter
   * @return how many wait now
   */
  int waiters(AsyncRateLimiter limiter);
}
