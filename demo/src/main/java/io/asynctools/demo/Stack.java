package io.asynctools.demo;

import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterSet;
import io.asynctools.api.TimeSource;
import io.asynctools.circuitbreaker.CircuitBreaker;

/**
 * The gateway's policies, by the names they have in {@code limits.properties}: retry around breaker
 * around bucket around semaphore. A call meets them in this order, and its outcome in the other.
 *
 * @param route the way through all of them
 * @param watch sees what the breaker does
 */
record Stack(Route route, BreakerWatch watch) {
  static final String RETRY = "retry";
  static final String BREAKER = "breaker";
  static final String LIMIT = "upstream";
  static final String CONCURRENCY = "concurrency";

  /** A gateway that only retries, for contrast. */
  static final String PLAIN_RETRY = "plain-retry";

  static Stack of(Limits limits, TimeSource time) {
    LimiterSet set = limits.set();
    if (!(set.rateLimiter(BREAKER) instanceof CircuitBreaker breaker)) {
      throw new LimiterConfigException(
          BREAKER + ".type must be circuit-breaker, was " + limits.text(BREAKER, "type"));
    }
    BreakerWatch watch = new BreakerWatch(breaker::state, time);
    AsyncPolicy policy =
        AsyncPolicy.compose(
            watch, set.policy(RETRY), breaker, watch, set.policy(LIMIT), set.policy(CONCURRENCY));
    return new Stack(new Route(policy, limits.headers(LIMIT)), watch);
  }
}
