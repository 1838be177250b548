package io.asynctools.benchmarks;

import java.util.Locale;

/**
 * What keys cost in memory, and whether so many fit: each key is used once, and the heap in use is
 * compared. The key strings and their array are there before, so they are not in the difference.
 *
 * <p>Usage: {@code KeyMemory SUBJECT KEYS}; the last line of the output is the figures.
 */
final class KeyMemory {
  /**
   * What was measured.
   *
   * @param bytesPerKey the heap that a key keeps, its string aside
   * @param heapBytes the whole heap in use, with the strings and their array
   */
  record Figures(double bytesPerKey, double heapBytes) {
    static final Figures NONE = new Figures(Double.NaN, Double.NaN);

    String toLine() {
      return String.format(Locale.ROOT, "%f %f", bytesPerKey, heapBytes);
    }

    static Figures parse(String line) {
      String[] f = line.split(" ");
      return new Figures(Double.parseDouble(f[0]), Double.parseDouble(f[1]));
    }
  }

  public static void main(String[] args) throws InterruptedException {
    System.out.println(measure(subject(Subject.valueOf(args[0])), Integer.parseInt(args[1])));
    System.exit(0); // whatever threads a peer left behind
  }

  private static String measure(KeyedSubject subject, int count) throws InterruptedException {
    subject.make();
    subject.tryAcquire("the first"); // loads classes and starts what there is to start
    String[] keys = KeyedSubject.keys(count);
    long before = OwnJvm.usedHeap();
    for (String key : keys) {
      subject.tryAcquire(key);
    }
    long after = OwnJvm.usedHeap();
    if (subject.size() != count + 1 || !subject.tryAcquire(keys[0])) {
      throw new IllegalStateException(subject + " does not hold all keys");
    }
    return new Figures((double) (after - before) / count, after).toLine();
  }

  private static KeyedSubject subject(Subject row) {
    return switch (row) {
      case KEYED_FLOOR -> new MapsOfBuckets.OfLongs();
      case PER_KEY -> new OurKeys.Kept();
      case PER_KEY_MAX_IDLE -> new OurKeys.Forgotten();
      case MAP_AS_USUAL -> new MapsOfBuckets.AsUsual();
      case MAP_OF_BUCKET4J -> new MapsOfBuckets.OfBucket4j();
      case CAFFEINE_OF_BUCKET4J -> new MapsOfBuckets.CaffeineOfBucket4j();
      default -> throw new IllegalArgumentException(row + " has no keys");
    };
  }

  private KeyMemory() {}
}
