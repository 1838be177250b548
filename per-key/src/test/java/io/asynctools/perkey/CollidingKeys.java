package io.asynctools.perkey;

/** Texts of one hash code, as anybody can make them who may choose an API key. */
final class CollidingKeys {
  private static final int PAIRS = 17; // of "Aa" and "BB", whose hash codes are the same

  private CollidingKeys() {}

  /** A new object each time; there are 131 072. */
  static String key(int number) {
    StringBuilder key = new StringBuilder(2 * PAIRS);
    for (int bit = 0; bit < PAIRS; bit++) {
      key.append((number >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return key.toString();
  }
}
