package io.asynctools.api.spi;

import io.asynctools.api.LimiterEnvironment;
import java.util.concurrent.Executor;

/** The smallest limiters that tests of the machinery need. */
final class ToyLine {
  private ToyLine() {}

  /** So many permits, which come back by {@link Counter#free}. */
  static class Counter extends RateLimiterBase {
    private long left; // guarded by this
    private final long most;

    Counter(long permits, Executor executor) {
      super(LimiterSettings.of(LimiterEnvironment.system(), "counter").withExecutor(executor));
      this.left = permits;
      this.most = permits;
    }

    void free(long permits) {
      undo(permits, 0, 0);
      wake();
    }

    synchronized long left() {
      return left;
    }

    @Override
    protected synchronized long take(long permits) {
      if (permits > left) {
        return REFUSED;
      }
      left -= permits;
      return 0;
    }

    @Override
    protected synchronized long undo(long permits, long mark, long returned) {
      left += permits;
      return 0;
    }

    @Override
    protected long maxPermits() {
      return most;
    }

    @Override
    protected boolean idle() {
      return left() == most;
    }
  }

  static Waiter waiter() {
    return new Waiter(new Counter(1, Runnable::run).line(), 1);
  }
}
