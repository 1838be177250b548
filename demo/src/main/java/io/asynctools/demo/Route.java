package io.asynctools.demo;

import com.sun.net.httpserver.Headers;
import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.RejectedException;
import java.util.Optional;

/**
 * What the gateway knows of the way to an upstream: the one policy that all calls run under, be it
 * a limiter or a whole stack, and what clients are told of it.
 *
 * @param policy the policy
 * @param headers what clients are told; empty for nothing
 */
record Route(AsyncPolicy policy, Optional<RateLimitHeaders> headers) {

  /** The same way without a limit. */
  static Route unlimited() {
    return new Route(new Unlimited(), Optional.empty());
  }

  /** The way under the limit of that name. */
  static Route limited(Limits limits, String name) {
    return new Route(limits.set().policy(name), limits.headers(name));
  }

  void describeAdmitted(Headers to) {
    headers.ifPresent(known -> known.describe(to));
  }

  /** When to come back; and the limit's part in it, if it is the limit that refused. */
  void describeRefused(Headers to, RejectedException refusal) {
    headers
        .filter(known -> known.limit().equals(refusal.limiter()))
        .ifPresent(known -> known.describe(to, refusal));
    to.set("Retry-After", Long.toString(RateLimitHeaders.retryAfter(refusal)));
  }
}
