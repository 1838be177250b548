/**
 * The circuit breaker: calls to a callee that keeps failing are refused at once, until a probe
 * shows that it is well again.
 *
 * <pre>{@code
 * var breaker = CircuitBreaker.builder().failureThreshold(5).timeout(Duration.ofSeconds(30)).build();
 * CompletableFuture<Reply> reply = breaker.execute(() -> client.send(request));
 * }</pre>
 *
 * <p>Or by name, without this package on the compile path: {@code
 * Limiters.rateLimiter("circuit-breaker", Map.of("failure-threshold", "5", "timeout", "30s"))}.
 */
@NullMarked
package io.asynctools.circuitbreaker;

import org.jspecify.annotations.NullMarked;
