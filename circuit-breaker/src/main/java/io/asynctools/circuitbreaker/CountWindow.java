package io.asynctools.circuitbreaker;

import io.asynctools.api.spi.Backoff;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The last so many outcomes, exactly, in the order in which they were recorded.
 *
 * <p><b>How it works.</b> One word holds the totals, the number of the next outcome, and the last
 * outcome itself. A compare-and-set of the word records an outcome: it adds it to the totals and
 * takes off the one that leaves, which stands where the new one will, in a ring. The new one is not
 * in the ring yet: whoever records the next one puts it there first, if nobody else has. So the
 * ring is always complete but for the outcome that the word still holds, and no thread waits for
 * another.
 *
 * <p>A slot of the ring holds an outcome and the lap in which it was put there, so that one who has
 * slept for a lap cannot put an old outcome in the place of a newer one. Numbers and laps wrap
 * after 134 million outcomes or more: only one who has slept for exactly so long could be wrong.
 *
 * <pre>
 *   word   number | full | slow | failures | last outcome
 *   slot   lap, from 1; 0 for never written | outcome
 * </pre>
 *
 * <p>A good outcome changes nothing in a full window of good ones: that one is not recorded.
 */
final class CountWindow implements Window {
  /** So that numbers do not wrap before a thousand laps, and a hundred million outcomes. */
  static final int LARGEST = 100_000;

  private static final int OUTCOME_BITS = 2;
  private static final int OUTCOME = (1 << OUTCOME_BITS) - 1;
  private static final long MOST_LAPS = 1 << 28;
  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(CountWindow.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int size;
  private final int laps;
  private final int totalBits;
  private final long totalMask;
  private final long full; // the bit that says so
  private final long spots; // the bits of the totals
  private final int numberShift;
  private final AtomicIntegerArray slots;
  private volatile long word;

  CountWindow(int size) {
    this(size, MOST_LAPS);
  }

  CountWindow(int size, long mostLaps) {
    this.size = size;
    this.totalBits = Integer.SIZE - Integer.numberOfLeadingZeros(size);
    this.totalMask = (1L << totalBits) - 1;
    this.spots = ((1L << (2 * totalBits)) - 1) << OUTCOME_BITS;
    this.full = 1L << (OUTCOME_BITS + 2 * totalBits);
    this.numberShift = OUTCOME_BITS + 2 * totalBits + 1;
    this.laps = (int) Math.min(mostLaps, (1L << (Long.SIZE - numberShift)) / size);
    this.slots = new AtomicIntegerArray(size);
  }

  @Override
  public boolean isUnchangedBy(int outcome) {
    return outcome == GOOD && (word & (full | spots)) == full;
  }

  @Override
  public boolean asksForTheTime() {
    return false;
  }

  @Override
  public boolean record(int outcome, long now, BreakerRule rule) {
    for (int losses = 0; ; ) {
      long w = word;
      long number = w >>> numberShift;
      boolean isFull = (w & full) != 0;
      if (number > 0 || isFull) {
        putLast(number, (int) w & OUTCOME);
      }
      int slot = (int) (number % size);
      int leaving = isFull ? slots.get(slot) & OUTCOME : GOOD;
      long next = number + 1 == (long) laps * size ? 0 : number + 1;
      long changed =
          next << numberShift
              | (isFull || next % size == 0 ? full : 0)
              | (slow(w) + slowIn(outcome) - slowIn(leaving)) << (OUTCOME_BITS + totalBits)
              | (failed(w) + failedIn(outcome) - failedIn(leaving)) << OUTCOME_BITS
              | outcome;
      if (WORD.compareAndSet(this, w, changed)) {
        long calls = (changed & full) != 0 ? size : next;
        return rule.trips(calls, failed(changed), slow(changed));
      }
      Backoff.afterLosing(++losses);
    }
  }

  /** Puts the outcome before the next one into its slot, unless it is there already. */
  private void putLast(long number, int outcome) {
    long last = number == 0 ? (long) laps * size - 1 : number - 1;
    int slot = (int) (last % size);
    int lap = (int) (last / size) + 1;
    int before = lap == 1 ? laps : lap - 1;
    int held = slots.get(slot);
    int heldLap = held >>> OUTCOME_BITS;
    if (heldLap == before || heldLap == 0) {
      slots.compareAndSet(slot, held, lap << OUTCOME_BITS | outcome);
    }
  }

  @Override
  public int failures(long now) {
    return (int) failed(word);
  }

  @Override
  public boolean hasForgottenFailures(long now) {
    return failed(word) == 0;
  }

  @Override
  public int slowCalls(long now) {
    return (int) slow(word);
  }

  @Override
  public int calls(long now) {
    long w = word;
    return (w & full) != 0 ? size : (int) (w >>> numberShift);
  }

  @Override
  public boolean isSpotless(long now) {
    return (word & spots) == 0;
  }

  private long failed(long w) {
    return w >>> OUTCOME_BITS & totalMask;
  }

  private long slow(long w) {
    return w >>> (OUTCOME_BITS + totalBits) & totalMask;
  }

  private static long failedIn(int outcome) {
    return outcome & FAILED;
  }

  private static long slowIn(int outcome) {
    return (outcome & SLOW) >> 1;
  }
}
