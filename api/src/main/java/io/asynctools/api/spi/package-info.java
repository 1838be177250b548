/**
 * For authors of strategies: how a strategy is found by name, how it reads its options, and the
 * base class that does everything but the rule.
 *
 * <pre>{@code
 * public final class GateLimiter extends RateLimiterBase {
 *   private final AtomicBoolean open = new AtomicBoolean();
 *   protected long take(long permits) { return open.get() ? 0 : REFUSED; } // the rule
 *   protected long undo(long permits, long mark, long returned) { return 0; } // nothing was taken
 *   public void open() { open.set(true); wake(); } // look at the waiters again
 *   ...
 * }
 * }</pre>
 *
 * <p>A rule that answers at once extends {@link io.asynctools.api.spi.RateLimiterBase}; one that
 * answers later, from another machine say, extends {@link
 * io.asynctools.api.spi.DeferredRateLimiterBase}. Check yours with the contracts of the test-kit.
 */
@NullMarked
package io.asynctools.api.spi;

import org.jspecify.annotations.NullMarked;
