package io.asynctools.testkit;

import io.asynctools.api.Permit;
import io.asynctools.api.RejectedException;
import io.asynctools.api.spi.Answer;
import io.asynctools.api.spi.DeferredRateLimiterBase;
import io.asynctools.api.spi.LimiterSettings;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The second toy that proves the base: a semaphore that lives elsewhere and answers later, on a
 * thread of its own, by nothing but the exported SPI. The way there and the way back are a task
 * each.
 */
final class LaterToy extends DeferredRateLimiterBase {
  private final Executor elsewhere;
  private final long permits;
  private final AtomicLong free; // changed only elsewhere

  LaterToy(LimiterSettings settings, long permits, Executor elsewhere) {
    super(settings);
    this.elsewhere = elsewhere;
    this.permits = permits;
    this.free = new AtomicLong(permits);
  }

  @Override
  protected void request(long n, Answer answer) {
    elsewhere.execute(
        () -> {
          boolean granted = free.get() >= n;
          if (granted) {
            free.addAndGet(-n);
          }
          elsewhere.execute(granted ? answer::granted : () -> answer.denied(UNKNOWN));
        });
  }

  @Override
  protected long undo(long n, long mark, long returned) {
    giveBack(n);
    return 0;
  }

  private void giveBack(long n) {
    elsewhere.execute(
        () -> {
          free.addAndGet(n);
          wake(); // may overtake a no that is on its way
        });
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

  @Override
  protected RejectedException.Reason reason() {
    return RejectedException.Reason.CONCURRENCY;
  }

  @Override
  protected boolean idle() {
    return free.get() == permits;
  }
}
