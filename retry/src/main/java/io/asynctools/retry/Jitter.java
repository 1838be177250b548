package io.asynctools.retry;

/**
 * How chance spreads the delays between attempts, so that callers who failed together do not come
 * back together. No delay exceeds {@code maxDelay}, whatever the jitter. Below, d is what {@link
 * #NONE} would wait.
 */
public enum Jitter {
  /**
   * None: each delay is d, {@code initialDelay · multiplier^(attempt − 1)} cut to {@code maxDelay}.
   *
   * <p>Truncated binary exponential backoff, after Metcalfe and Boggs, "Ethernet: Distributed
   * Packet Switching for Local Computer Networks", Communications of the ACM 19(7), 1976.
   */
  NONE,

  /**
   * Anywhere between nothing and d: the best spread, and the least work for the callee.
   *
   * <p>"Full Jitter" of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
   * 2015.
   */
  FULL,

  /**
   * Anywhere between half of d and d: for callers who must not come back at once.
   *
   * <p>"Equal Jitter" of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
   * 2015.
   */
  EQUAL,

  /**
   * Anywhere between {@code initialDelay} and three times the delay before, cut to {@code
   * maxDelay}; the first is drawn as if {@code initialDelay} had been the one before. {@code
   * multiplier} plays no part.
   *
   * <p>"Decorrelated Jitter" of Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture
   * Blog, 2015.
   */
  DECORRELATED
}
