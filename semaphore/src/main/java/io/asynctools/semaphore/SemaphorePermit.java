package io.asynctools.semaphore;

import io.asynctools.api.Permit;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one grant of a semaphore took. It gives that back once, to whoever comes first, of however
 * many threads and ways of ending it: how the call ended is nothing to a semaphore.
 */
final class SemaphorePermit implements Permit {
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(SemaphorePermit.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SemaphoreRateLimiter semaphore;
  private volatile int held; // what was granted, until somebody takes it out to give it back

  SemaphorePermit(SemaphoreRateLimiter semaphore, int granted) {
    this.semaphore = semaphore;
    HELD.set(this, granted); // without a fence: nobody else has seen this yet
  }

  @Override
  public void release() {
    int granted = (int) HELD.getAndSet(this, 0);
    if (granted != 0) {
      semaphore.giveBack(granted);
    }
  }

  @Override
  public String toString() {
    int now = held;
    return "permit of '" + semaphore.name() + "' (" + (now == 0 ? "ended" : now + " held") + ")";
  }
}
