package io.asynctools.circuitbreaker;

import io.asynctools.api.Permit;
import io.asynctools.circuitbreaker.CircuitBreaker.State;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * CLOSED, counting the failures since the last success.
 *
 * <p>A success while none is counted changes nothing, so it writes nothing that threads share: the
 * way of nearly every call costs no more than reading two fields.
 */
final class ConsecutiveEpoch extends Epoch {
  private static final VarHandle FAILURES;

  static {
    try {
      FAILURES =
          MethodHandles.lookup().findVarHandle(ConsecutiveEpoch.class, "failures", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int failures;
  private volatile long lastFailure; // means something once there is one

  ConsecutiveEpoch(CircuitBreaker breaker, String why) {
    super(breaker, State.CLOSED, why);
  }

  @Override
  Permit admit() {
    return new ClosedPermit(this);
  }

  @Override
  int failures() {
    return failures;
  }

  @Override
  boolean isIdle() {
    return failures == 0 || breaker.nanoTime() - lastFailure >= breaker.rule.idleNanos;
  }

  @Override
  void describe(StringBuilder text) {
    text.append(", failureThreshold=").append(breaker.rule.failureThreshold);
  }

  private void success() {
    failures = 0;
  }

  /** A count that has reached the threshold opens the breaker, whoever resets it meanwhile. */
  private void failure(@Nullable Throwable error, @Nullable Object result) {
    long now = breaker.nanoTime();
    lastFailure = now;
    int count = (int) FAILURES.getAndAdd(this, 1) + 1;
    if (count >= breaker.rule.failureThreshold) {
      Trip trip =
          Trip.failed(
              breaker.rule, count == 1 ? "1 failure" : count + " failures in a row", error, result);
      breaker.change(this, OpenEpoch.tripped(breaker, now, count, trip));
    }
  }

  private static final class ClosedPermit extends BreakerPermit {
    private final ConsecutiveEpoch epoch;

    ClosedPermit(ConsecutiveEpoch epoch) {
      this.epoch = epoch;
    }

    @Override
    public void recordSuccess() {
      if (epoch.failures == 0) {
        endQuietly(); // a failure recorded at the same time is as if it came afterwards
      } else {
        super.recordSuccess();
      }
    }

    @Override
    Epoch epoch() {
      return epoch;
    }

    @Override
    void good() {
      epoch.success();
    }

    @Override
    void bad(@Nullable Throwable error, @Nullable Object result) {
      epoch.failure(error, result);
    }
  }
}
