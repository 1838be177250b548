package io.asynctools.api.spi;

import io.asynctools.api.Permit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * An ending from outside, on its way to a call's permit: the permit is told of it, and is ended by
 * it once the call is over. The call may be over while the permit is still being told, on another
 * thread. So whoever comes second of the two ends it: it hears of nothing after its end, and nobody
 * waits for anybody.
 */
final class Ending {
  @SuppressWarnings("StaticAssignmentOfThrowable")
  private static final Throwable CANCELLED = new CancellationException(); // a mark, never thrown

  private static final VarHandle HALF;

  static {
    try {
      HALF = MethodHandles.lookup().findVarHandle(Ending.class, "half", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final @Nullable Throwable failure; // null for a cancel

  @SuppressWarnings("unused") // by HALF
  private volatile boolean half; // one of the two has come

  Ending(@Nullable Throwable failure) {
    this.failure = failure;
  }

  /** Tells a permit at once how its call is being ended, though that may run on. Called once. */
  void tell(@Nullable Permit permit) {
    if (permit instanceof OutcomePermit told) {
      try {
        told.endedFromOutside(Failures.isCancel(failure) ? null : failure);
      } catch (Throwable e) {
        CallFuture.threw(permit, e);
      }
    }
    arrive(permit);
  }

  /** The call is over. Called once. */
  void over(@Nullable Permit permit) {
    arrive(permit);
  }

  private void arrive(@Nullable Permit permit) {
    if (!HALF.compareAndSet(this, false, true)) {
      CallFuture.record(permit, failure == null ? CANCELLED : failure);
    }
  }
}
