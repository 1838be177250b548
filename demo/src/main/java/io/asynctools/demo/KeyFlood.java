package io.asynctools.demo;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.asynctools.api.AsyncRateLimiter;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One who makes up a key for every request. It asks the limit itself, in this JVM: two cores cannot
 * carry as many requests over HTTP. An open loop, as the load of the tenants; where the machine is
 * too slow, what is not tried by the end is not tried at all.
 */
final class KeyFlood implements AutoCloseable {
  private static final int TICK_MILLIS = 2;
  private static final int BATCH = 64;

  /**
   * What became of some keys.
   *
   * @param tried how many there were
   * @param admitted how many of them were served
   */
  record Counts(long tried, long admitted) {
    static final Counts NONE = new Counts(0, 0);

    Counts plus(Counts other) {
      return new Counts(tried + other.tried, admitted + other.admitted);
    }

    /** How many of them were refused, for as many as may be held were in use. */
    long refused() {
      return tried - admitted;
    }
  }

  private final Tenants tenants;
  private final SplittableRandom random = new SplittableRandom(); // the clock's thread alone
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private Counts second = Counts.NONE; // guarded by this
  private long mostHeld; // guarded by this

  KeyFlood(Tenants tenants) {
    this.tenants = tenants;
  }

  /** Begins, and ends by itself. */
  void start(int keysPerSecond, Duration length) {
    long start = System.nanoTime();
    long[] done = {0}; // the clock's thread alone
    var unused =
        clock.scheduleAtFixedRate(
            () -> {
              long elapsed = System.nanoTime() - start;
              while (elapsed < length.toNanos()
                  && done[0] < elapsed * keysPerSecond / 1e9
                  && !clock.isShutdown()) {
                tryKeys(BATCH);
                done[0] += BATCH;
                elapsed = System.nanoTime() - start;
              }
            },
            0,
            TICK_MILLIS,
            MILLISECONDS);
  }

  /** Tries so many keys that were never seen before: 64 random bits are as good as that. */
  void tryKeys(int keys) {
    long admitted = 0;
    long most = 0;
    for (int i = 0; i < keys; i++) {
      AsyncRateLimiter limiter = tenants.limit().forKey(Long.toHexString(random.nextLong()));
      if (limiter.tryAcquire().isPresent()) {
        admitted++;
      }
      most = Math.max(most, tenants.held().getAsLong());
    }
    synchronized (this) {
      second = second.plus(new Counts(keys, admitted));
      mostHeld = Math.max(mostHeld, most);
    }
  }

  /** What became of the keys since the last call. */
  synchronized Counts endSecond() {
    Counts counts = second;
    second = Counts.NONE;
    return counts;
  }

  /** The most keys that the limit ever held just after one of these was tried. */
  synchronized long mostHeld() {
    return mostHeld;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
