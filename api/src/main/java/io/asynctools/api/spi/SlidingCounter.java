package io.asynctools.api.spi;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what happened in the last so many nanoseconds. Thread-safe, lock-free, and nothing is
 * allocated after it is made.
 *
 * <p><b>How it works.</b> The window is cut into slices, the newest of which is the current one; a
 * ring has a word for each: the slice's number (33 bits, so that it wraps) and its count (31 bits,
 * which stop at two thousand million). What is counted goes to its slice's word with one atomic
 * addition; the first to come in a new slice replaces what the word held a window ago. So something
 * is forgotten when it is between one slice short of the window and a window old.
 *
 * <p>Threads may see each other's readings of the clock out of order: something counted late goes
 * to the newer slice that has its word by then.
 */
public final class SlidingCounter {
  private static final int COUNT_BITS = 31;
  private static final long COUNT = (1L << COUNT_BITS) - 1;
  private static final long FULL = COUNT - (1 << 20); // room for as many threads to add at once
  private static final long LATE = 1 << 16; // how many slices a reading may be late

  private final long sliceNanos;
  private final AtomicLongArray words;

  /**
   * Makes an empty counter.
   *
   * @param nanos the window, in nanoseconds, at least 1
   * @param slices into how many slices it is cut, at least 2
   */
  public SlidingCounter(long nanos, int slices) {
    if (nanos < 1 || slices < 2) {
      throw new IllegalArgumentException(
          "nanos must be at least 1 and slices at least 2, was " + nanos + " and " + slices);
    }
    this.sliceNanos = Math.max(nanos / slices, 1);
    this.words = new AtomicLongArray(slices);
  }

  /**
   * Counts something.
   *
   * @param elapsed the time now, in nanoseconds since an origin of the user's choice; not negative
   * @param amount how much; less than zero takes back what was counted at the same time
   */
  public void add(long elapsed, int amount) {
    long slice = Math.max(elapsed, 0) / sliceNanos;
    int i = (int) (slice % words.length());
    while (true) {
      long word = words.get(i);
      long newer = slicesNewer(word, slice);
      if (newer >= 0 && newer < LATE) {
        if (amount < 0 ? newer == 0 : (word & COUNT) < FULL) {
          words.addAndGet(i, amount);
        }
        return;
      }
      if (amount < 0 || words.compareAndSet(i, word, (slice << COUNT_BITS) + amount)) {
        return;
      }
    }
  }

  /**
   * How much was counted in the window that ends now.
   *
   * @param elapsed the time now, in nanoseconds since the same origin
   * @return the sum
   */
  public long sum(long elapsed) {
    long slice = Math.max(elapsed, 0) / sliceNanos;
    int slices = words.length();
    long sum = 0;
    for (int i = 0; i < slices; i++) {
      long word = words.get(i);
      long newer = slicesNewer(word, slice);
      if (newer > -slices && newer < LATE) {
        sum += word & COUNT;
      }
    }
    return sum;
  }

  /** By how many slices a word is newer than a slice: less than zero if it is older. */
  private static long slicesNewer(long word, long slice) {
    return (((word >>> COUNT_BITS) - slice) << COUNT_BITS) >> COUNT_BITS;
  }
}
