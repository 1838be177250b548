/**
 * A limiter for each key, a tenant or a user: made on first use, forgotten when nobody can tell.
 *
 * <pre>{@code
 * PerKeyRateLimiter<String, TokenBucketRateLimiter> limits =
 *     PerKeyRateLimiter.builder()
 *         .maxIdle(Duration.ofMinutes(10))
 *         .build(tenant -> TokenBucketRateLimiter.builder(Rate.parse("10/s")).build());
 * CompletableFuture<Reply> reply = limits.execute(tenant, () -> client.send(request));
 * }</pre>
 *
 * <p>Or by name, without this package on the compile path: {@code Limiters.keyed("per-key",
 * Map.of("limiter", "token-bucket", "limiter.rate", "10/s", "max-idle", "10m"))}.
 */
@NullMarked
package io.asynctools.perkey;

import org.jspecify.annotations.NullMarked;
