/**
 * A user's program: an HTTP gateway that keeps a fragile upstream from being driven over its
 * capacity, and itself from making an outage worse. It is written against {@code
 * io.asynctools.api}; which policies its calls run under stands in {@code limits.properties}, and
 * their artifacts are found at run time. Only to look at the breaker's state and at how many keys
 * are held it knows the classes {@code CircuitBreaker} and {@code PerKeyRateLimiter}.
 *
 * <p>{@link io.asynctools.demo.RedisDemo} is another: three gateways, a JVM each, share one limit
 * in a Redis that is killed.
 */
@NullMarked
package io.asynctools.demo;

import org.jspecify.annotations.NullMarked;
