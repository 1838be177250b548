package io.asynctools.proof.faults;

/**
 * Takes all the memory of this virtual machine but for a few bytes, exactly. Needs a small heap,
 * the serial collector, and no buffers for each thread: {@code -Xmx16m -XX:+UseSerialGC
 * -XX:-UseTLAB}.
 */
final class NoMemory {
  private static final int MOST = 1 << 16;
  private static final int RESERVE = 256; // crumbs: the most that can be left

  // Where the memory goes, made beforehand.
  private static final Object[] HOARD = new Object[MOST];
  private static final Object[] CRUMBS = new Object[MOST];
  private static int hoarded;
  private static int crumbs;

  private NoMemory() {}

  /** Leaves so many times 16 bytes. */
  static void leave(int times16) {
    while (crumbs < RESERVE) {
      CRUMBS[crumbs++] = new Object();
    }
    for (int size = 1 << 20; size >= 16; size /= 2) {
      hoard(size);
    }
    for (int i = 0; i < times16; i++) {
      CRUMBS[--crumbs] = null;
    }
  }

  private static void hoard(int size) {
    try {
      while (true) {
        if (size > 16) {
          HOARD[hoarded] = new byte[size - 16];
          hoarded++;
        } else {
          CRUMBS[crumbs] = new Object();
          crumbs++;
        }
      }
    } catch (OutOfMemoryError e) {
      // as much as there was
    }
  }

  /** Gives all of it back. */
  static void restore() {
    for (int i = 0; i < hoarded; i++) {
      HOARD[i] = null;
    }
    for (int i = 0; i < crumbs; i++) {
      CRUMBS[i] = null;
    }
    hoarded = 0;
    crumbs = 0;
  }
}
