package io.asynctools.api.spi;

import java.util.Arrays;

/**
 * What {@code undo} has given back, so that a later undo of another grant can take it into account:
 * guarded by the line's lock.
 *
 * <p>Had the undone grants never been made, what a rule has issued would be lower from then on by
 * what was given back of them. So the undo of a grant has to count what was given back since, of
 * grants made before it; what was given back of grants made after it, it has never seen. Grants and
 * undos are numbered for that, and numbers are compared by difference, as they wrap.
 *
 * <p>This matters only to grants that have not been delivered yet, of which there are few. Past
 * {@link #MOST} entries the two oldest become one, as of the older grant and the later undo, which
 * counts for more grants than it should: less goes back then, but never too much.
 */
final class Undos {
  private static final int INITIAL = 8;
  private static final int MOST = 256;

  private int[] grants = new int[INITIAL]; // the number of the grant,
  private int[] numbers = new int[INITIAL]; // the number of its undo, ascending,
  private long[] amounts = new long[INITIAL]; // and what was given back
  private int size;
  private int count;

  /** How many there have been: what a grant remembers, to ask for those since. */
  int count() {
    return count;
  }

  void add(int grant, long amount) {
    count++;
    if (amount == 0) {
      return;
    }
    if (size == MOST) {
      mergeOldest();
    } else if (size == grants.length) {
      grants = Arrays.copyOf(grants, size * 2);
      numbers = Arrays.copyOf(numbers, size * 2);
      amounts = Arrays.copyOf(amounts, size * 2);
    }
    grants[size] = grant;
    numbers[size] = count;
    amounts[size] = amount;
    size++;
  }

  /** What was given back since there had been so many, of grants made before this one. */
  long returned(int grant, int since) {
    long sum = 0;
    for (int i = size - 1; i >= 0 && numbers[i] - since > 0; i--) {
      if (grants[i] - grant < 0) {
        sum += amounts[i];
      }
    }
    return sum;
  }

  private void mergeOldest() {
    int grant = grants[0] - grants[1] < 0 ? grants[0] : grants[1];
    long amount = amounts[0] + amounts[1];
    size--;
    System.arraycopy(grants, 1, grants, 0, size);
    System.arraycopy(numbers, 1, numbers, 0, size);
    System.arraycopy(amounts, 1, amounts, 0, size);
    grants[0] = grant;
    amounts[0] = amount;
  }
}
