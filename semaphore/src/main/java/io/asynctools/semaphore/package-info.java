/**
 * The semaphore: a limit of so many calls at once, first come, first served.
 *
 * <pre>{@code
 * var limiter = SemaphoreRateLimiter.builder(10).maxWait(Duration.ofSeconds(1)).build();
 * CompletableFuture<Reply> reply = limiter.execute(() -> client.send(request));
 * }</pre>
 *
 * <p>Or by name, without this package on the compile path: {@code Limiters.rateLimiter("semaphore",
 * Map.of("max-concurrent", "10", "max-wait", "1s"))}.
 */
@NullMarked
package io.asynctools.semaphore;

import org.jspecify.annotations.NullMarked;
