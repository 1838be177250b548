/**
 * Retry: a call that fails is made again, with backoff, within a budget.
 *
 * <pre>{@code
 * var retry = Retry.builder().maxAttempts(4).jitter(Jitter.FULL).build();
 * CompletableFuture<Reply> reply = retry.execute(() -> client.send(request));
 * }</pre>
 *
 * <p>Or by name, without this package on the compile path: {@code Limiters.policy("retry",
 * Map.of("max-attempts", "4", "jitter", "full"))}.
 */
@NullMarked
package io.asynctools.retry;

import org.jspecify.annotations.NullMarked;
