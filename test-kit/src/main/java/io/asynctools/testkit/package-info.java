/**
 * What tests of limits need: time moved by hand, and the contract that every limiter passes.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * var limiter = TokenBucketRateLimiter.builder(Rate.perSecond(1)).initialTokens(0)
 *     .timeSource(time).executor(time).build();
 * CompletableFuture<Permit> permit = limiter.acquire();
 * time.advance(Duration.ofSeconds(1)); // the permit is there, and no test has slept
 * }</pre>
 */
@NullMarked
package io.asynctools.testkit;

import org.jspecify.annotations.NullMarked;
