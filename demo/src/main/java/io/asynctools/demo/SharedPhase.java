package io.asynctools.demo;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Three gateways under a load of more than their shared limit allows, while Redis is there, is
 * away, and is there again, told second by second.
 *
 * @param before seconds until Redis is killed
 * @param away seconds until it is started again
 * @param after seconds from then on
 */
record SharedPhase(int before, int away, int after) {
  /** What the clients of each gateway ask for in a second: more than its share, each. */
  static final List<Integer> REQUESTS_PER_SECOND = List.of(240, 120, 120);

  static final SharedPhase USUAL = new SharedPhase(4, 5, 6);

  /** What a gateway has to say is that late, at most, on its way to us. */
  private static final long LATE_NANOS = 100_000_000;

  /** Hears of it as it goes. */
  interface Listener {
    void killed();

    void back();

    void logged(SharedOutcome.Logged logged, long start);

    /** After a second: all until its end, and how many requests were refused in it. */
    void ends(int second, SharedOutcome soFar, long refused);
  }

  SharedOutcome run(Listener listener) throws IOException, InterruptedException {
    List<GatewayProcess> gateways = new ArrayList<>();
    try (RedisServer redis = new RedisServer()) {
      redis.start();
      try {
        for (int requests : REQUESTS_PER_SECOND) {
          gateways.add(new GatewayProcess(gateways.size(), redis.uri(), requests));
        }
        for (GatewayProcess gateway : gateways) {
          gateway.awaitReady();
        }
        return run(gateways, redis, listener);
      } finally {
        gateways.forEach(GatewayProcess::close);
      }
    }
  }

  private SharedOutcome run(List<GatewayProcess> gateways, RedisServer redis, Listener listener)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long end = start + (before + away + after) * 1_000_000_000L;
    long killed = end;
    long back = end;
    long refused = refused(gateways);
    int alreadyLogged = 0;
    for (GatewayProcess gateway : gateways) {
      gateway.go(start);
    }
    for (int second = 1; second <= before + away + after; second++) {
      if (second == before + 1) {
        redis.kill();
        killed = System.nanoTime();
        listener.killed();
      } else if (second == before + away + 1) {
        back = System.nanoTime();
        redis.start();
        listener.back();
      }
      long ends = start + second * 1_000_000_000L;
      NANOSECONDS.sleep(ends + LATE_NANOS - System.nanoTime());
      List<SharedOutcome.Logged> logged =
          gateways.stream()
              .flatMap(gateway -> gateway.logged().stream())
              .filter(one -> one.at() - start >= 0)
              .sorted(Comparator.comparingLong(one -> one.at() - start))
              .toList();
      logged.subList(alreadyLogged, logged.size()).forEach(one -> listener.logged(one, start));
      alreadyLogged = logged.size();
      long refusedNow = refused(gateways);
      listener.ends(second, outcome(gateways, start, killed, back, ends), refusedNow - refused);
      refused = refusedNow;
    }
    gateways.forEach(GatewayProcess::close);
    return outcome(gateways, start, killed, back, end);
  }

  private static long refused(List<GatewayProcess> gateways) {
    return gateways.stream().mapToLong(GatewayProcess::refused).sum();
  }

  private static SharedOutcome outcome(
      List<GatewayProcess> gateways, long start, long killed, long back, long end) {
    List<SharedGrant> grants = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (GatewayProcess gateway : gateways) {
      grants.addAll(gateway.grants());
      errors.addAll(gateway.errors());
    }
    grants.sort(Comparator.comparingLong(grant -> grant.heard() - start));
    return new SharedOutcome(List.copyOf(grants), errors, start, killed, back, end);
  }
}
