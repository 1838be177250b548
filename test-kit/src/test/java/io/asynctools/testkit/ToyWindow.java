package io.asynctools.testkit;

import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.time.Duration;

/** A fixed window: counts the permits of each ten seconds, so that all come back together. */
class ToyWindow extends RateLimiterBase {
  static final Duration LENGTH = Duration.ofSeconds(10);

  private final long limit;
  private final long origin;
  private long window;
  private long used; // in that window

  ToyWindow(LimiterSettings settings, long limit) {
    super(settings);
    this.limit = limit;
    this.origin = nanoTime();
  }

  /** Moves on to the window of now; returns how long it has lasted. */
  private long pass() {
    long sinceOrigin = nanoTime() - origin;
    long now = sinceOrigin / LENGTH.toNanos();
    if (now != window) {
      window = now;
      used = 0;
    }
    return sinceOrigin % LENGTH.toNanos();
  }

  @Override
  protected synchronized long take(long n) {
    pass();
    if (used + n > limit) {
      return REFUSED;
    }
    used += n;
    return window;
  }

  @Override
  protected synchronized long nanosUntil(long n) {
    long elapsed = pass();
    long above = used + n - limit;
    long windows = above <= 0 ? 0 : (above + limit - 1) / limit;
    return windows == 0 ? 0 : windows * LENGTH.toNanos() - elapsed;
  }

  @Override
  protected synchronized long undo(long n, long mark, long returned) {
    pass();
    refund(n, mark == window);
    return 0;
  }

  /** Refunds into the window that granted; any other has counted its own. */
  void refund(long n, boolean sameWindow) {
    used -= sameWindow ? n : 0;
  }

  /** Uncounts permits of this window; for subclasses that do so wrongly. */
  final void uncount(long n) {
    used = Math.max(0, used - n);
  }

  @Override
  protected long maxPermits() {
    return limit;
  }

  @Override
  protected synchronized boolean idle() {
    pass();
    return used == 0;
  }
}
