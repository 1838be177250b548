package io.asynctools.redis.faults;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;

/** Waits for something that takes real time. */
final class Eventually {
  private Eventually() {}

  /**
   * Looks again and again.
   *
   * @return how long it took, in milliseconds
   */
  static long within(long seconds, String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(seconds)) {
        Assertions.fail("not within %d s: %s", seconds, what);
      }
      Thread.sleep(5);
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
  }
}
