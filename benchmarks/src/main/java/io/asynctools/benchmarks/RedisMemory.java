package io.asynctools.benchmarks;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a key costs in Redis: a few, as the server counts them, after one permit was taken of each
 * and after many; or very many, as its memory grows, and whether they leave when they are full.
 *
 * <p>Usage: {@code RedisMemory SUBJECT URI KEYS}; no keys stands for the first. The last line of
 * the output is the figures.
 */
final class RedisMemory {
  private static final int FEW = 100;
  private static final int MANY_PERMITS = 50;
  private static final long LONGEST_STAY = TimeUnit.SECONDS.toNanos(60);

  /**
   * What was measured of few keys, in bytes.
   *
   * @param fresh a key after its first permit
   * @param used a key after fifty
   */
  record Few(double fresh, double used) {
    static final Few NONE = new Few(Double.NaN, Double.NaN);

    String toLine() {
      return String.format(Locale.ROOT, "%f %f", fresh, used);
    }

    static Few parse(String line) {
      String[] f = line.split(" ");
      return new Few(Double.parseDouble(f[0]), Double.parseDouble(f[1]));
    }
  }

  /**
   * What was measured of many.
   *
   * @param bytesPerKey by how much the server's memory grew
   * @param secondsToLeave from the last decision until none was left; infinite if they stay
   */
  record Many(double bytesPerKey, double secondsToLeave) {
    static final Many NONE = new Many(Double.NaN, Double.NaN);

    String toLine() {
      return bytesPerKey + " " + secondsToLeave;
    }

    static Many parse(String line) {
      String[] f = line.split(" ");
      return new Many(Double.parseDouble(f[0]), Double.parseDouble(f[1]));
    }
  }

  private final RedisAdmin admin;
  private final RedisContender contender;

  private RedisMemory(RedisSubject subject, String uri) throws InterruptedException {
    admin = new RedisAdmin(uri);
    admin.forgetAll();
    contender = subject.open(uri, RedisLimit.LASTING);
    admin.forgetAll();
  }

  public static void main(String[] args) throws InterruptedException {
    RedisMemory memory = new RedisMemory(RedisSubject.valueOf(args[0]), args[1]);
    int keys = Integer.parseInt(args[2]);
    System.out.println(keys == 0 ? memory.few().toLine() : memory.many(keys).toLine());
    System.exit(0);
  }

  private Few few() {
    String[] keys = KeyedSubject.keys(FEW);
    use(keys);
    double fresh = (double) admin.memoryOfKeys() / FEW;
    for (int i = 1; i < MANY_PERMITS; i++) {
      use(keys);
    }
    return new Few(fresh, (double) admin.memoryOfKeys() / FEW);
  }

  private Many many(int count) throws InterruptedException {
    long before = admin.usedMemory();
    use(KeyedSubject.keys(count));
    long used = System.nanoTime();
    double bytes = (double) (admin.usedMemory() - before) / count;
    if (admin.keys() < count) {
      throw new IllegalStateException("keys left before all were there: the machine is too slow");
    }
    if (!admin.expires()) {
      return new Many(bytes, Double.POSITIVE_INFINITY);
    }
    while (admin.keys() > 0) {
      if (System.nanoTime() - used > RedisLimit.LASTING.refill().toNanos() + LONGEST_STAY) {
        return new Many(bytes, Double.POSITIVE_INFINITY);
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return new Many(bytes, (System.nanoTime() - used) / 1e9);
  }

  /** Takes a permit of each. */
  private void use(String[] keys) {
    AtomicInteger next = new AtomicInteger();
    new InFlight(
            () -> {
              int i = next.getAndIncrement();
              return i < keys.length
                  ? contender.prepare(keys[i]).thenCompose(set -> contender.decide(keys[i]))
                  : null;
            })
        .start()
        .join();
  }
}
