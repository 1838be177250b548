package io.asynctools.testkit;

import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.time.Duration;

/** A bucket of one token a second: enough of one to try the contract on what time alone frees. */
class ToyBucket extends RateLimiterBase {
  static final Duration EVERY = Duration.ofSeconds(1);

  private static final long TOKEN = EVERY.toNanos(); // in nanoseconds: one is earned in each

  private final long capacity;
  private final long origin;
  private long issued;

  ToyBucket(LimiterSettings settings, long capacity) {
    super(settings);
    this.capacity = capacity;
    this.origin = nanoTime();
  }

  /** What was earned until now, a full bucket at the start included; what overflowed is gone. */
  private long earned() {
    long earned = capacity * TOKEN + nanoTime() - origin;
    issued = Math.max(issued, earned - capacity * TOKEN);
    return earned;
  }

  @Override
  protected synchronized long take(long n) {
    if (earned() - issued < n * TOKEN) {
      return REFUSED;
    }
    issued += n * TOKEN;
    return issued;
  }

  @Override
  protected synchronized long nanosUntil(long n) {
    long earned = earned();
    return Math.max(0, issued + n * TOKEN - earned);
  }

  @Override
  protected synchronized long undo(long n, long mark, long returned) {
    long still = capacity * TOKEN + mark - returned - earned();
    long back = Math.max(0, Math.min(still, n * TOKEN));
    issued -= back;
    return back;
  }

  @Override
  protected long maxPermits() {
    return capacity;
  }

  @Override
  protected synchronized boolean idle() {
    return earned() - issued == capacity * TOKEN;
  }
}
