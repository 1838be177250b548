package io.asynctools.api.spi;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what happened in the last so many nanoseconds. Thread-safe, without a lock on the way of a
 * call, and nothing is allocated after it is made.
 *
 * <p><b>How it works.</b> The window is cut into slices, the newest of which is the current one; a
 * ring has a word for each: the slice's number (33 bits, so that it wraps) and its count (31 bits,
 * which stop at two thousand million). One is counted with a single atomic addition to its slice's
 * word, more or less than one by compare-and-set, so that a count never spills into the number; the
 * first to come in a new slice replaces what the word held a window ago. So something is forgotten
 * when it is between one slice short of the window and a window old.
 *
 * <p>A number comes again after 2<sup>33</sup> slices. So that none that old is left by then, the
 * first to come 2<sup>31</sup> slices after the last sweep, which may be never, sweeps the ring;
 * those who come in the same moment wait for it. A word's number is then less than 2<sup>31</sup>
 * slices newer than the last sweep, which keeps differences of numbers unambiguous, and after half
 * as long again every word is old.
 *
 * <p>Threads may see each other's readings of the clock out of order: something counted late goes
 * to the newer slice that has its word by then.
 */
public final class SlidingCounter {
  private static final int COUNT_BITS = 31;
  private static final long COUNT = (1L << COUNT_BITS) - 1;
  private static final long FULL = COUNT - (1 << 20); // room for as many threads to add one at once
  private static final long SWEEP = 1L << 31; // slices from one sweep to the next, at least
  private static final long ALL_OLD = SWEEP + (SWEEP >> 1); // then no word is of this window

  private static final int MOST_SLICES = 1 << 30; // a window is less than SWEEP

  private final long sliceNanos;
  private final AtomicLongArray words;
  private volatile long swept; // the slice of the last sweep; written under the monitor of words

  /**
   * Makes an empty counter.
   *
   * @param nanos the window, in nanoseconds, at least 1; rounded down to a whole number of
   *     nanoseconds a slice
   * @param slices into how many slices it is cut, from 2 to 2<sup>30</sup>, of 8 bytes each; a
   *     slice is never below a nanosecond
   * @throws IllegalArgumentException if either is out of its range
   */
  public SlidingCounter(long nanos, int slices) {
    if (nanos < 1 || slices < 2 || slices > MOST_SLICES) {
      throw new IllegalArgumentException(
          "nanos must be at least 1 and slices from 2 to "
              + MOST_SLICES
              + ", was "
              + nanos
              + " and "
              + slices);
    }
    int cut = (int) Math.min(slices, nanos); // a slice is a nanosecond at least
    this.sliceNanos = nanos / cut;
    this.words = new AtomicLongArray(cut);
  }

  /**
   * Counts something.
   *
   * @param elapsed the time now, in nanoseconds since an origin of the user's choice; not negative
   * @param amount how much; less than zero takes back what was counted in the same slice, if that
   *     is not forgotten yet, and never more than there is
   */
  public void add(long elapsed, int amount) {
    long slice = Math.max(elapsed, 0) / sliceNanos;
    if (slice - swept >= SWEEP) {
      sweep(slice);
    }
    int i = (int) (slice % words.length());
    while (true) {
      long word = words.get(i);
      long newer = slicesNewer(word, slice);
      boolean there = newer >= 0;
      long count = there ? word & COUNT : 0;
      if (amount < 0 && newer != 0) {
        return; // forgotten by now, or counted elsewhere
      }
      if (amount == 1 && there) {
        if (count < FULL) {
          words.incrementAndGet(i); // should a newer slice have come meanwhile, it counts there
        }
        return;
      }
      long number = there ? word & ~COUNT : slice << COUNT_BITS;
      if (words.compareAndSet(i, word, number | Math.max(0, Math.min(count + amount, FULL)))) {
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
    if (slice - swept >= ALL_OLD) {
      return 0;
    }
    int slices = words.length();
    long sum = 0;
    for (int i = 0; i < slices; i++) {
      long word = words.get(i);
      long newer = slicesNewer(word, slice);
      if (newer > -slices) {
        sum += word & COUNT;
      }
    }
    return sum;
  }

  /** Forgets what is older than the window, before its number can be taken for a new one. */
  private void sweep(long slice) {
    synchronized (words) {
      long since = slice - swept;
      if (since < SWEEP) {
        return; // another thread was quicker
      }
      int slices = words.length();
      for (int i = 0; i < slices; i++) {
        if (since >= ALL_OLD || slicesNewer(words.get(i), slice) <= -slices) {
          words.set(i, (slice - slices) << COUNT_BITS);
        }
      }
      swept = slice; // only now does anybody add to these
    }
  }

  /** By how many slices a word is newer than a slice: less than zero if it is older. */
  private static long slicesNewer(long word, long slice) {
    return (((word >>> COUNT_BITS) - slice) << COUNT_BITS) >> COUNT_BITS;
  }
}
