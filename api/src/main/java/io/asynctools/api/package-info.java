/**
 * What an application holds: policies that asynchronous calls run under, found by name at run time.
 *
 * <pre>{@code
 * AsyncRateLimiter limiter =
 *     Limiters.rateLimiter("token-bucket", Map.of("rate", "100/s", "capacity", "200"));
 * CompletableFuture<Reply> reply = limiter.execute(() -> client.send(request)); // waits its turn
 * Reply sync = limiter.call(() -> blockingClient.send(request)); // the same, blocking
 * Optional<Permit> now = limiter.tryAcquire(); // or do not wait at all
 * }</pre>
 *
 * <p>Nothing here depends on a strategy: put the artifact of the one you name (for example {@code
 * async-tools-token-bucket}) on the run-time path.
 */
@NullMarked
package io.asynctools.api;

import org.jspecify.annotations.NullMarked;
