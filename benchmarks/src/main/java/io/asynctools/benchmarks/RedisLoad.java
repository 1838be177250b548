package io.asynctools.benchmarks;

import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How many decisions a second a contender makes on one connection while 64 are under way. A loop of
 * our own: JMH times calls, and here the calls overlap, so that what counts is how many answers
 * come in a while. It is the same for all, and measures as JMH does: warm-up iterations, then those
 * that count, of which the median is taken, in a JVM that knows no other contender.
 *
 * <p>Usage: {@code RedisLoad SUBJECT URI KEYS WARM_UPS MEASUREMENTS MILLIS}; the last line of the
 * output is the figures.
 */
final class RedisLoad {
  /**
   * What was measured.
   *
   * @param perSecond decisions, all of them grants
   * @param roundTrips how often the server was asked for each
   */
  record Figures(double perSecond, double roundTrips) {
    static final Figures NONE = new Figures(Double.NaN, Double.NaN);

    String toLine() {
      return String.format(Locale.ROOT, "%f %f", perSecond, roundTrips);
    }

    static Figures parse(String line) {
      String[] f = line.split(" ");
      return new Figures(Double.parseDouble(f[0]), Double.parseDouble(f[1]));
    }
  }

  private final RedisSubject subject;
  private final RedisAdmin admin;
  private final InFlight load;
  private final AtomicBoolean over = new AtomicBoolean();

  private RedisLoad(RedisSubject subject, String uri, int count) throws InterruptedException {
    this.subject = subject;
    admin = new RedisAdmin(uri);
    admin.forgetAll();
    RedisContender contender = subject.open(uri, RedisLimit.PLENTY);
    String[] keys = KeyedSubject.keys(count);
    for (String key : keys) {
      contender.prepare(key).join();
    }
    load =
        new InFlight(
            () ->
                over.get()
                    ? null
                    : contender.decide(keys[ThreadLocalRandom.current().nextInt(count)]));
  }

  public static void main(String[] args) throws InterruptedException {
    RedisLoad load =
        new RedisLoad(RedisSubject.valueOf(args[0]), args[1], Integer.parseInt(args[2]));
    System.out.println(
        load.measure(
                Integer.parseInt(args[3]), Integer.parseInt(args[4]), Integer.parseInt(args[5]))
            .toLine());
    System.exit(0); // whatever threads a contender left behind
  }

  private Figures measure(int warmUps, int measurements, int millis) throws InterruptedException {
    load.start();
    for (int i = 0; i < warmUps; i++) {
      iteration(millis);
    }
    admin.resetStatistics();
    long before = load.granted();
    double[] perSecond = new double[measurements];
    for (int i = 0; i < measurements; i++) {
      perSecond[i] = iteration(millis);
    }
    double roundTrips = subject.roundTrips(admin.calls());
    Figures figures = new Figures(Medians.of(perSecond), roundTrips / (load.granted() - before));
    over.set(true);
    load.join();
    return figures;
  }

  private double iteration(int millis) throws InterruptedException {
    long before = load.granted();
    long start = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep(millis);
    double perSecond = (load.granted() - before) * 1e9 / (System.nanoTime() - start);
    load.check();
    return perSecond;
  }
}
