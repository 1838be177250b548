package io.asynctools.circuitbreaker;

import io.asynctools.api.spi.SlidingCounter;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The outcomes of the last so many nanoseconds, in {@value #SLICES} slices, so that one is
 * forgotten when it is between 95 and 100 % of the window old.
 *
 * <p>A call is counted before its failure, and failures are summed before calls: so whoever sums
 * up, while others record, sees a rate that is true or too low, never one too high, and the last
 * one to record sees the true one.
 */
final class TimeWindow implements Window {
  private static final int SLICES = 20;
  private static final long NOT_SETTLED = -1;

  private final long nanos;
  private final long sliceNanos;
  private final long origin;
  private final SlidingCounter calls;
  private final SlidingCounter failures;
  private final @Nullable SlidingCounter slow;
  // When the last bad outcome was recorded, after the origin; it only grows, though threads be
  // late.
  private final AtomicLong lastSpot = new AtomicLong(-1);

  // The slice in which there were enough calls for a rate, and it was looked at: until the next
  // slice, when something is forgotten, a good outcome can only lower it.
  private volatile long settled = NOT_SETTLED;

  TimeWindow(long nanos, boolean countsSlow, CircuitBreaker breaker) {
    this.nanos = nanos;
    this.sliceNanos = Math.max(nanos / SLICES, 1);
    this.origin = breaker.nanoTime();
    this.calls = new SlidingCounter(nanos, SLICES);
    this.failures = new SlidingCounter(nanos, SLICES);
    this.slow = countsSlow ? new SlidingCounter(nanos, SLICES) : null;
  }

  @Override
  public boolean isUnchangedBy(int outcome) {
    return false;
  }

  @Override
  public boolean asksForTheTime() {
    return true;
  }

  @Override
  public boolean record(int outcome, long now, BreakerRule rule) {
    long elapsed = Math.max(now - origin, 0);
    calls.add(elapsed, 1);
    if (outcome != GOOD) {
      lastSpot.accumulateAndGet(elapsed, Math::max);
      if ((outcome & FAILED) != 0) {
        failures.add(elapsed, 1);
      }
      if ((outcome & SLOW) != 0 && slow != null) {
        slow.add(elapsed, 1);
      }
    }
    if (isPastSpots(elapsed)) {
      return false; // as nearly always, and it saves the sums
    }
    long slice = elapsed / sliceNanos;
    if (outcome == GOOD && slice == settled) {
      return false;
    }
    long failed = failures.sum(elapsed);
    long late = slow == null ? 0 : slow.sum(elapsed);
    long all = calls.sum(elapsed);
    boolean trips = rule.trips(all, failed, late);
    settled = rule.isMeaningful(all) && !trips ? slice : NOT_SETTLED;
    return trips;
  }

  @Override
  public int failures(long now) {
    return sum(failures, now);
  }

  @Override
  public boolean hasForgottenFailures(long now) {
    return isPastSpots(now - origin);
  }

  @Override
  public int slowCalls(long now) {
    return slow == null ? 0 : sum(slow, now);
  }

  @Override
  public int calls(long now) {
    return sum(calls, now);
  }

  private int sum(SlidingCounter counter, long now) {
    return (int) Math.min(counter.sum(now - origin), Integer.MAX_VALUE);
  }

  @Override
  public boolean isSpotless(long now) {
    long elapsed = now - origin;
    return isPastSpots(elapsed)
        || (failures.sum(elapsed) == 0 && (slow == null || slow.sum(elapsed) == 0));
  }

  private boolean isPastSpots(long elapsed) {
    long last = lastSpot.get();
    return last < 0 || elapsed - last > nanos;
  }
}
