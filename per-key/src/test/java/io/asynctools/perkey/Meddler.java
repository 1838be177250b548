package io.asynctools.perkey;

/** A key that does something when it is compared, once; it collides with all others of its kind. */
final class Meddler implements Comparable<Meddler> {
  final int id;
  Runnable onEquals = () -> {};
  Runnable onCompareTo = () -> {};

  Meddler(int id) {
    this.id = id;
  }

  @Override
  public boolean equals(Object other) {
    Runnable once = onEquals;
    onEquals = () -> {};
    once.run();
    return other instanceof Meddler meddler && meddler.id == id;
  }

  @Override
  public int compareTo(Meddler other) {
    Runnable once = onCompareTo;
    onCompareTo = () -> {};
    once.run();
    return Integer.compare(id, other.id);
  }

  @Override
  public int hashCode() {
    return 1;
  }
}
