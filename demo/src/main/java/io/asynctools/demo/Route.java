package io.asynctools.demo;

import com.sun.net.httpserver.Headers;
import io.asynctools.api.AsyncPolicy;
import io.asynctools.api.KeyedRateLimiter;
import io.asynctools.api.RejectedException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of the way to an upstream: the one policy that all calls run under, be it
 * a limiter or a whole stack, what clients are told of it, and what each of them may ask for.
 *
 * @param policy the policy
 * @param headers what clients are told; empty for nothing
 * @param perClient the limit of each API key; empty for none
 */
record Route(
    AsyncPolicy policy,
    Optional<RateLimitHeaders> headers,
    Optional<KeyedRateLimiter<String>> perClient) {

  /** A way on which all clients are one. */
  Route(AsyncPolicy policy, Optional<RateLimitHeaders> headers) {
    this(policy, headers, Optional.empty());
  }

  /** The same way without a limit. */
  static Route unlimited() {
    return new Route(new Unlimited(), Optional.empty());
  }

  /** The way under the limit of that name. */
  static Route limited(Limits limits, String name) {
    return new Route(limits.set().policy(name), limits.headers(name));
  }

  /** The same way with a limit for each client before it. */
  Route perClient(KeyedRateLimiter<String> limit) {
    return new Route(policy, headers, Optional.of(limit));
  }

  /**
   * Runs a call of the client with that key. Its own limit comes first: what it is refused costs
   * nobody else anything, and what is tried again inside costs it nothing more.
   */
  <T extends @Nullable Object> CompletableFuture<T> execute(
      String apiKey, Supplier<? extends CompletionStage<T>> call) {
    return perClient
        .map(limit -> limit.execute(apiKey, () -> policy.execute(call)))
        .orElseGet(() -> policy.execute(call));
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
