package io.asynctools.benchmarks;

/**
 * A limiter of many keys, ours or a recipe of a peer's, that grants every call. It is never closed,
 * but ends with its JVM: what it takes to close a million limiters would count as the last
 * iteration's.
 */
public abstract class KeyedSubject extends ContendedSubject {
  /** How many keys the table of operations is about. */
  static final int KEYS = 1_000_000;

  /**
   * The keys that are asked for: equal to the ones that are stored, but other objects, as a
   * server's are, which come out of its requests. (Their hash codes are known already, and a
   * server's are not.)
   */
  private String[] asked = {};

  /** Makes the limiter, without a key. */
  abstract void make();

  /** One attempt, as a user makes it; the key's limiter is made if there is none. */
  abstract boolean tryAcquire(String key);

  /** How many keys it holds. */
  abstract long size();

  @Override
  final void open() {
    make();
    for (String key : keys(KEYS)) {
      tryAcquire(key);
    }
    asked = keys(KEYS);
    System.gc(); // what follows begins with the keys in the old generation, where they stay
  }

  final boolean tryAcquire(RandomKey random) {
    return tryAcquire(asked[random.next()]);
  }

  /** One that lost keys on the way, or made some twice, would be measured on another path. */
  @Override
  final boolean isOnPath() {
    return size() == KEYS && tryAcquire(asked[0]) && tryAcquire(asked[KEYS - 1]);
  }

  /** New strings, some bytes long as an API key or a tenant's name. */
  static String[] keys(int count) {
    String[] keys = new String[count];
    for (int i = 0; i < count; i++) {
      keys[i] = "tenant-" + i;
      int unused = keys[i].hashCode(); // which the string keeps
    }
    return keys;
  }
}
