package io.asynctools.perkey;

/** A key that collides with all others of its kind, and whose {@code equals} may throw. */
final class FickleKey {
  private final int id;
  private int first = Integer.MAX_VALUE; // of the calls that throw
  private int last = Integer.MAX_VALUE;
  private int calls;

  FickleKey(int id) {
    this.id = id;
  }

  /** Only the n-th call from now on throws. */
  void throwAt(int n) {
    calls = 0;
    first = n;
    last = n;
  }

  /** The n-th call from now on throws, and all later ones. */
  void throwFrom(int n) {
    throwAt(n);
    last = Integer.MAX_VALUE;
  }

  void behave() {
    throwAt(Integer.MAX_VALUE);
  }

  @Override
  public boolean equals(Object other) {
    calls++;
    if (calls >= first && calls <= last) {
      throw new UnsupportedOperationException("equals");
    }
    return other instanceof FickleKey key && key.id == id;
  }

  @Override
  public int hashCode() {
    return 1;
  }
}
