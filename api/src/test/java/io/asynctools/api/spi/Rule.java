package io.asynctools.api.spi;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.util.concurrent.Executor;

/** A rule whose answers the test sets. */
class Rule extends RateLimiterBase {
  int refusals = Integer.MAX_VALUE; // before it grants
  long wait = UNKNOWN;
  long most = 10;
  RuntimeException thrown;
  Error noPermit;
  Runnable whenAsked = () -> {};
  int asked;
  int undone;

  Rule(ManualTime time) {
    this(time, time);
  }

  Rule(TimeSource clock, Executor executor) {
    super(
        LimiterSettings.of(LimiterEnvironment.system(), "rule")
            .withTimeSource(clock)
            .withExecutor(executor));
  }

  void look() {
    wake();
  }

  @Override
  protected long take(long permits) {
    asked++;
    whenAsked.run();
    RuntimeException failure = thrown;
    if (failure != null) {
      thrown = null;
      throw failure;
    }
    return refusals-- > 0 ? REFUSED : 0;
  }

  @Override
  protected long nanosUntil(long permits) {
    return wait;
  }

  @Override
  protected long undo(long permits, long mark, long returned) {
    undone++;
    return 0;
  }

  @Override
  protected Permit permit(long permits) {
    if (noPermit != null) {
      Error failure = noPermit;
      noPermit = null;
      throw failure;
    }
    return super.permit(permits);
  }

  @Override
  protected long maxPermits() {
    return most;
  }

  @Override
  protected boolean idle() {
    return true;
  }
}
