package io.asynctools.benchmarks;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.perkey.PerKeyRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * What the users of some keys notice while a million others are forgotten, on the system's clock
 * and the default executor. A round makes all the keys, then one thread uses a few of them without
 * a pause: first while the others grow old, for the machine's own noise, alone and beside a thread
 * that spins as long as a housekeeper would work; then while the others are forgotten, from the
 * first to the last. Each takes about as long.
 *
 * <p>An operation is timed from the end of the one before, so nothing that held up the thread is
 * left out.
 *
 * <p>Usage: {@code KeyHousekeeping ROUNDS WARM_UP_ROUNDS}; the last line of the output is the
 * figures.
 */
final class KeyHousekeeping {
  private static final int IDLE = 1_000_000;
  private static final int LIVE = 10_000;
  private static final int LOOK = 64; // operations between two looks at the number of keys
  private static final Duration INTERVAL = Duration.ofSeconds(12);
  private static final Duration FIRST_WALK = INTERVAL.dividedBy(2);
  private static final Duration MAX_IDLE = Duration.ofSeconds(1);

  /**
   * What was measured: the medians of the rounds.
   *
   * @param alone while nothing was forgotten, and no other thread did anything
   * @param beside while nothing was forgotten, and another thread kept a processor busy
   * @param during while a million keys were
   * @param seconds how long it took to forget them
   */
  record Figures(Latencies alone, Latencies beside, Latencies during, double seconds) {
    static final Figures NONE =
        new Figures(Latencies.NONE, Latencies.NONE, Latencies.NONE, Double.NaN);

    String toLine() {
      return String.join(
          ";", alone.toLine(), beside.toLine(), during.toLine(), String.valueOf(seconds));
    }

    static Figures parse(String line) {
      String[] f = line.split(";");
      return new Figures(
          Latencies.parse(f[0]),
          Latencies.parse(f[1]),
          Latencies.parse(f[2]),
          Double.parseDouble(f[3]));
    }

    static Figures median(List<Figures> rounds) {
      return new Figures(
          Latencies.median(rounds.stream().map(Figures::alone).toList()),
          Latencies.median(rounds.stream().map(Figures::beside).toList()),
          Latencies.median(rounds.stream().map(Figures::during).toList()),
          Medians.of(rounds.stream().mapToDouble(Figures::seconds).toArray()));
    }
  }

  private final String[] idle = KeyedSubject.keys(IDLE);
  private final String[] live = new String[LIVE];
  private final AsyncRateLimiter[] views = new AsyncRateLimiter[LIVE]; // of this round
  private int next;
  private long nanosToForget = 500_000_000; // of the last round

  private KeyHousekeeping() {
    for (int i = 0; i < LIVE; i++) {
      live[i] = "live-" + i;
    }
  }

  public static void main(String[] args) throws InterruptedException {
    KeyHousekeeping housekeeping = new KeyHousekeeping();
    int rounds = Integer.parseInt(args[0]);
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      housekeeping.round();
    }
    List<Figures> figures = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      figures.add(housekeeping.round());
      System.err.println("housekeeping, round " + (i + 1) + ": " + figures.get(i));
    }
    System.out.println(Figures.median(figures).toLine());
    System.exit(0);
  }

  private Figures round() throws InterruptedException {
    try (PerKeyRateLimiter<String, AsyncRateLimiter> limits =
        OurKeys.limits(
            Map.of("max-idle", MAX_IDLE.toString(), "cleanup-interval", INTERVAL.toString()))) {
      long start = System.nanoTime(); // the first walk begins half an interval after the first key
      for (int i = 0; i < LIVE; i++) {
        views[i] = limits.forKey(live[i]); // kept, so that the loop leaves the collector nothing
        views[i].tryAcquire();
      }
      for (String key : idle) {
        limits.forKey(key).tryAcquire();
      }
      System.gc(); // the garbage of this is not the housekeeper's
      Latencies alone = measureQuiet(limits);
      Latencies beside = measureBesideBusyThread(limits);
      boolean inTime = System.nanoTime() - start < FIRST_WALK.minus(MAX_IDLE).toNanos();
      if (!inTime || limits.size() != IDLE + LIVE) {
        throw new IllegalStateException("the machine is too slow: keys were forgotten too early");
      }
      measure(limits, () -> limits.size() == IDLE + LIVE);
      long first = System.nanoTime();
      Latencies during = measure(limits, () -> limits.size() > LIVE);
      nanosToForget = System.nanoTime() - first;
      return new Figures(alone, beside, during, nanosToForget / 1e9);
    }
  }

  private Latencies measureBesideBusyThread(PerKeyRateLimiter<String, AsyncRateLimiter> limits)
      throws InterruptedException {
    AtomicBoolean over = new AtomicBoolean();
    Thread busy =
        new Thread(
            () -> {
              while (!over.get()) {
                Thread.onSpinWait();
              }
            });
    busy.start();
    try {
      return measureQuiet(limits);
    } finally {
      over.set(true);
      busy.join();
    }
  }

  private Latencies measureQuiet(PerKeyRateLimiter<String, AsyncRateLimiter> limits) {
    long start = System.nanoTime();
    return measure(limits, () -> System.nanoTime() - start < nanosToForget);
  }

  private Latencies measure(
      PerKeyRateLimiter<String, AsyncRateLimiter> limits, BooleanSupplier goesOn) {
    Histogram nanos = new Histogram(INTERVAL.toNanos(), 3);
    long before = System.nanoTime();
    while (goesOn.getAsBoolean()) {
      for (int i = 0; i < LOOK; i++) {
        if (nextView().tryAcquire().isEmpty()) {
          throw new IllegalStateException("refused");
        }
        long now = System.nanoTime();
        nanos.recordValue(now - before);
        before = now;
      }
    }
    return Latencies.of(nanos);
  }

  private AsyncRateLimiter nextView() {
    next = next + 1 < LIVE ? next + 1 : 0;
    return views[next];
  }
}
