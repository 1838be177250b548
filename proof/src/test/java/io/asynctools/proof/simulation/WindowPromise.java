package io.asynctools.proof.simulation;

import io.asynctools.api.Rate;
import io.asynctools.proof.simulation.Book.Promise;
import io.asynctools.proof.simulation.Book.Want;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Token bucket 1: in every window of length t at most {@code capacity + rate · (t + 1 ns)}, where
 * the rate may change within a window: then at most what was kept when it began, and what came in
 * since. Exact, in nanoseconds times permits.
 *
 * <p>With S the permits granted up to a grant, it included, and E what came in until then, a window
 * from grant i to grant j holds {@code S(j) − S(i − 1)}; so for each j the smallest of {@code S(i −
 * 1) − E(i) + capacity(i)} over all i up to j must not be below {@code S(j) − E(j)}.
 */
final class WindowPromise implements Promise {

  /** Rate and capacity from a time on. */
  private record Setting(long from, BigInteger permits, BigInteger period, BigInteger capacity) {}

  private final Scenario scenario;
  private final String name;
  private final LongSupplier availableTokens;
  private final List<Setting> settings = new ArrayList<>();

  // The grants in order of time, and for each of them, in tokens times the common unit:
  private final List<long[]> grants = new ArrayList<>(); // time, permits
  private final List<BigInteger> total = new ArrayList<>(); // S
  private final List<BigInteger> least = new ArrayList<>(); // the smallest so far
  private BigInteger unit = BigInteger.ONE; // a token: the product of the periods
  private BigInteger slack = BigInteger.ZERO;
  private BigInteger initial; // tokens; null if nobody knows

  /** Says what the bucket held at first, so that what it holds later is known. */
  void began(long tokens) {
    initial = BigInteger.valueOf(tokens);
  }

  WindowPromise(
      Scenario scenario, String name, Rate rate, long capacity, LongSupplier availableTokens) {
    this.scenario = scenario;
    this.name = name;
    this.availableTokens = availableTokens;
    set(rate, capacity);
  }

  /** Rate and capacity from now on. */
  void set(Rate rate, long capacity) {
    settings.add(
        new Setting(
            scenario.world.now(),
            BigInteger.valueOf(rate.permits()),
            BigInteger.valueOf(rate.period().toNanos()),
            BigInteger.valueOf(capacity)));
    unit = BigInteger.ONE;
    for (Setting each : settings) {
      unit = unit.multiply(each.period.divide(unit.gcd(each.period)));
    }
    slack = BigInteger.ZERO; // a nanosecond at each rate that the window may have seen
    for (Setting each : settings) {
      slack = slack.add(perNano(each));
    }
    recompute(0);
  }

  private BigInteger perNano(Setting setting) {
    return setting.permits.multiply(unit).divide(setting.period);
  }

  private BigInteger earned(long time) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < settings.size(); i++) {
      Setting setting = settings.get(i);
      long until = i + 1 < settings.size() ? Math.min(settings.get(i + 1).from, time) : time;
      if (until > setting.from) {
        sum = sum.add(perNano(setting).multiply(BigInteger.valueOf(until - setting.from)));
      }
    }
    return sum;
  }

  /** The most that was kept at a time: of several settings at one instant the largest. */
  private BigInteger capacity(long time) {
    BigInteger most = BigInteger.ZERO;
    for (int i = 0; i < settings.size(); i++) {
      Setting setting = settings.get(i);
      if (setting.from <= time && (i + 1 == settings.size() || settings.get(i + 1).from >= time)) {
        most = most.max(setting.capacity);
      }
    }
    return most;
  }

  @Override
  public void granted(long time, long permits, long held) {
    int at = grants.size();
    while (at > 0 && grants.get(at - 1)[0] > time) {
      at--; // heard of later than another that was granted after it
    }
    grants.add(at, new long[] {time, permits});
    recompute(at);
  }

  private void recompute(int from) {
    total.subList(from, total.size()).clear();
    least.subList(from, least.size()).clear();
    for (int i = from; i < grants.size(); i++) {
      long time = grants.get(i)[0];
      BigInteger before = i == 0 ? BigInteger.ZERO : total.get(i - 1);
      BigInteger after = before.add(BigInteger.valueOf(grants.get(i)[1]).multiply(unit));
      BigInteger earned = earned(time);
      BigInteger allowed = before.subtract(earned).add(capacity(time).multiply(unit));
      BigInteger smallest = i == 0 ? allowed : allowed.min(least.get(i - 1));
      total.add(after);
      least.add(smallest);
      BigInteger excess = after.subtract(earned).subtract(smallest).subtract(slack);
      scenario.require(
          excess.signum() <= 0,
          "%s: %s tokens too many up to %d ns, by grant %d",
          name,
          excess.doubleValue() / unit.doubleValue(),
          time,
          i);
    }
  }

  /**
   * All 3: what was granted to one who had left costs nothing, so the bucket holds what it would if
   * only those had been granted who heard. Where a grant is on its way for longer than the bucket
   * takes to fill, less comes back than that. To a nanosecond: it counts in parts of a token.
   */
  private void costsNothing() {
    BigInteger full = settings.get(0).capacity.multiply(unit);
    BigInteger perNano = perNano(settings.get(0));
    BigInteger level = initial.multiply(unit);
    long time = settings.get(0).from;
    for (long[] grant : grants) {
      level = level.add(perNano.multiply(BigInteger.valueOf(grant[0] - time))).min(full);
      level = level.subtract(BigInteger.valueOf(grant[1]).multiply(unit));
      time = grant[0];
    }
    level = level.add(perNano.multiply(BigInteger.valueOf(scenario.world.now() - time))).min(full);
    long least = level.subtract(perNano.shiftLeft(1)).divide(unit).longValueExact();
    long available = availableTokens.getAsLong();
    scenario.require(
        available >= least, "%s: %d tokens, where %d should be left", name, available, least);
  }

  @Override
  public void atRest(Want first, long held) {
    if (initial != null && settings.size() == 1) {
      costsNothing();
    }
    if (first != null) {
      long available = availableTokens.getAsLong();
      scenario.require(
          available < first.permits,
          "%s: number %d waits for %d tokens, but there are %d",
          name,
          first.arrival,
          first.permits,
          available);
    }
  }
}
