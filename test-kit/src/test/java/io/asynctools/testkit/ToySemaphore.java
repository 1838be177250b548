package io.asynctools.testkit;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.api.spi.RateLimiterBase;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** The first toy that proves the base: a semaphore, by nothing but the exported SPI. */
class ToySemaphore extends RateLimiterBase {
  private final long permits;
  private final AtomicLong free;

  ToySemaphore(LimiterSettings settings, long permits) {
    super(settings);
    this.permits = permits;
    this.free = new AtomicLong(permits);
  }

  @Override
  protected long take(long n) {
    long had = free.get();
    while (had >= n) {
      long witness = free.compareAndExchange(had, had - n);
      if (witness == had) {
        return 0;
      }
      had = witness;
    }
    return REFUSED;
  }

  @Override
  protected long undo(long n, long mark, long returned) {
    free.addAndGet(n);
    return 0;
  }

  @Override
  protected long maxPermits() {
    return permits;
  }

  @Override
  protected Permit permit(long n) {
    AtomicBoolean ended = new AtomicBoolean();
    return () -> {
      if (!ended.getAndSet(true)) {
        giveBack(n);
      }
    };
  }

  void giveBack(long n) {
    free.addAndGet(n);
    wake();
  }

  @Override
  protected RejectedException.Reason reason() {
    return RejectedException.Reason.CONCURRENCY;
  }

  @Override
  protected boolean idle() {
    return free.get() == permits;
  }
}
