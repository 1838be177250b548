package io.asynctools.api.spi;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The deadlines of the waiters that have one: a binary heap, earliest first, guarded by the line's
 * lock.
 *
 * <p>Joining with the usual, ever later deadline costs O(1). Leaving only empties the place, in
 * O(1); empty places go when they come up, or all at once when they are more than half, so that
 * they cost O(1) amortised and hold nothing but their eight bytes of deadline. Deadlines are
 * compared by difference, as the clock wraps.
 */
final class Deadlines {
  private static final int INITIAL = 16;

  private long[] times = new long[INITIAL];
  private @Nullable Waiter[] waiters = new @Nullable Waiter[INITIAL];
  private int size;
  private int empty;

  boolean isEmpty() {
    return size == empty;
  }

  void add(Waiter waiter, long time) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      waiters = Arrays.copyOf(waiters, size * 2);
    }
    siftUp(size++, waiter, time);
  }

  void remove(Waiter waiter) {
    if (waiter.slot < 0) {
      return;
    }
    waiters[waiter.slot] = null;
    waiter.slot = -1;
    empty++;
    if (empty * 2 > size && size > INITIAL) {
      compact();
    } else if (empty == size) {
      size = 0;
      empty = 0;
    }
  }

  /** The deadline of a waiter that has one. */
  long of(Waiter waiter) {
    return times[waiter.slot];
  }

  /** The earliest time at which to look, never later than the earliest deadline; not if empty. */
  long earliest() {
    return times[0];
  }

  /** Takes out a waiter whose deadline has come, or gives null if there is none. */
  @Nullable Waiter poll(long now) {
    while (size > 0 && times[0] - now <= 0) {
      Waiter first = waiters[0];
      size--;
      Waiter last = waiters[size];
      waiters[size] = null;
      if (size > 0) {
        siftDown(0, last, times[size]);
      }
      if (first != null) {
        first.slot = -1;
        return first;
      }
      empty--;
    }
    if (size == 0 && times.length > INITIAL) { // a flood has passed
      times = new long[INITIAL];
      waiters = new @Nullable Waiter[INITIAL];
    }
    return null;
  }

  private void compact() {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Waiter waiter = waiters[i];
      if (waiter != null) {
        put(kept++, waiter, times[i]);
      }
    }
    Arrays.fill(waiters, kept, size, null);
    size = kept;
    empty = 0;
    for (int i = size / 2 - 1; i >= 0; i--) {
      siftDown(i, waiters[i], times[i]);
    }
    if (size * 4 < times.length) { // of which there are 32 or more: see remove()
      times = Arrays.copyOf(times, times.length / 2);
      waiters = Arrays.copyOf(waiters, waiters.length / 2);
    }
  }

  private void siftUp(int from, @Nullable Waiter waiter, long time) {
    int i = from;
    while (i > 0) {
      int parent = (i - 1) / 2;
      if (times[parent] - time <= 0) {
        break;
      }
      put(i, waiters[parent], times[parent]);
      i = parent;
    }
    put(i, waiter, time);
  }

  private void siftDown(int from, @Nullable Waiter waiter, long time) {
    int i = from;
    while (2 * i + 1 < size) {
      int child = 2 * i + 1;
      if (child + 1 < size && times[child + 1] - times[child] < 0) {
        child++;
      }
      if (time - times[child] <= 0) {
        break;
      }
      put(i, waiters[child], times[child]);
      i = child;
    }
    put(i, waiter, time);
  }

  private void put(int i, @Nullable Waiter waiter, long time) {
    waiters[i] = waiter;
    times[i] = time;
    if (waiter != null) {
      waiter.slot = i;
    }
  }
}
