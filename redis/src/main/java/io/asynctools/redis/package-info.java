/**
 * The token bucket shared by many machines: one limit for any number of JVMs, kept on Redis or
 * Valkey.
 *
 * <pre>{@code
 * var limits = RedisTokenBucket.builder(Rate.parse("100/s")).uri("redis://redis.example").build();
 * CompletableFuture<Reply> reply = limits.execute(tenant, () -> client.send(request));
 * }</pre>
 *
 * <p>Or by name, without this package on the compile path: {@code
 * Limiters.keyed("redis-token-bucket", Map.of("redis.uri", "redis://redis.example", "rate",
 * "100/s"))}.
 */
@NullMarked
package io.asynctools.redis;

import org.jspecify.annotations.NullMarked;
