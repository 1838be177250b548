/**
 * The token bucket: a limit of so many calls in a period, with bursts up to a capacity.
 *
 * <pre>{@code
 * var limiter = TokenBucketRateLimiter.builder(Rate.parse("100/s")).capacity(200).build();
 * CompletableFuture<Reply> reply = limiter.execute(() -> client.send(request));
 * }</pre>
 *
 * <p>Or by name, without this package on the compile path: {@code
 * Limiters.rateLimiter("token-bucket", Map.of("rate", "100/s", "capacity", "200"))}.
 */
@NullMarked
package io.asynctools.tokenbucket;

import org.jspecify.annotations.NullMarked;
