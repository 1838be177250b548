package io.asynctools.testkit;

import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.time.Duration;

/** A bucket of one token a second: enough of one to try the contract on what time alone frees. */
class ToyBucket extends RateLimiterBase {
  static final Duration EVERY = Duration.ofSeconds(1);

  private final long capacity;
  private long fullIn; // nanoseconds, as of `asOf`
  private long asOf;

  ToyBucket(LimiterSettings settings, long capacity) {
    super(settings);
    this.capacity = capacity;
    this.asOf = nanoTime();
  }

  private void pass() {
    long now = nanoTime();
    fullIn = Math.max(0, fullIn - (now - asOf));
    asOf = now;
  }

  @Override
  protected synchronized long take(long n) {
    if (nanosUntil(n) > 0) {
      return REFUSED;
    }
    fullIn += n * EVERY.toNanos();
    return 0;
  }

  @Override
  protected synchronized long nanosUntil(long n) {
    pass();
    return Math.max(0, fullIn - (capacity - n) * EVERY.toNanos());
  }

  @Override
  protected synchronized long undo(long n, long mark, long returned) {
    pass();
    fullIn = Math.max(0, fullIn - n * EVERY.toNanos());
    return 0;
  }

  @Override
  protected long maxPermits() {
    return capacity;
  }

  @Override
  protected synchronized boolean idle() {
    pass();
    return fullIn == 0;
  }
}
