package io.asynctools.api.spi;

/**
 * What {@code undo} left behind each time, so that a later undo of an older grant knows the lowest
 * mark since: guarded by the line's lock.
 *
 * <p>Only entries that are lower than all later ones can be the lowest since some grant, so the
 * list is kept ascending. It matters only to grants that have not been delivered yet, of which
 * there are few; past {@link #MOST} entries the two oldest become one that is no higher than
 * either, which gives back less but never too much.
 */
final class Undos {
  private static final int MOST = 32;

  private final long[] marks =
      new long[MOST]; // ascending; compared by difference, as marks may wrap
  private final int[] numbers = new int[MOST];
  private int size;
  private int count;

  /** How many there have been: what a grant remembers, to ask for those since. */
  int count() {
    return count;
  }

  void add(long mark) {
    count++;
    while (size > 0 && marks[size - 1] - mark >= 0) {
      size--;
    }
    if (size == MOST) {
      size--;
      System.arraycopy(marks, 2, marks, 1, size - 1); // the oldest mark is the lowest: it stays,
      System.arraycopy(numbers, 1, numbers, 0, size); // under the number of the one it absorbs
    }
    marks[size] = mark;
    numbers[size] = count;
    size++;
  }

  /** The lowest of a grant's own mark and of those added since there were {@code since}. */
  long lowest(long mark, int since) {
    long lowest = mark;
    for (int i = size - 1; i >= 0 && numbers[i] - since > 0; i--) {
      if (marks[i] - lowest < 0) {
        lowest = marks[i];
      }
    }
    return lowest;
  }
}
