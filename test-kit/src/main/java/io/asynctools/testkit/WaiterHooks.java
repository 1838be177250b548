package io.asynctools.testkit;

import io.asynctools.api.AsyncRateLimiter;

/** What a contract has to know besides of a limiter that queues. */
interface WaiterHooks extends LimiterHooks {
  int waiters(AsyncRateLimiter limiter);
}
