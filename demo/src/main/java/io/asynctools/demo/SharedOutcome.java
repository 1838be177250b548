package io.asynctools.demo;

import io.asynctools.demo.SharedBound.Alone;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What three gateways did with a limit that they share, while Redis was there, was not, and was
 * there again. Instants are readings of {@link System#nanoTime}.
 *
 * @param grants what was admitted, in the order in which it was heard of
 * @param errors what went wrong, a line each; a refusal is no error
 * @param start when the load began
 * @param killed when Redis was gone; at the end or later if it was not yet
 * @param back when Redis was started again; likewise
 * @param end up to when it was looked at
 */
record SharedOutcome(
    List<SharedGrant> grants, List<String> errors, long start, long killed, long back, long end) {
  static final int GATEWAYS = 3;

  /** One in so many admitted the other way is not a change of mode. */
  private static final int FEW = 10;

  /** What a gateway has logged. */
  record Logged(int gateway, long at, String text) {}

  /** Who was asked for a decision in a while. */
  enum Mode {
    /** Redis. */
    SHARED,
    /** The gateway itself. */
    LOCAL,
    /** Now one, now the other. */
    BOTH,
    /** Nobody was admitted, so nothing tells. */
    NONE
  }

  Stream<SharedGrant> between(long from, long to) {
    return grants.stream().filter(g -> g.heard() - from >= 0 && g.heard() - to < 0);
  }

  long admitted(int gateway, long from, long to) {
    return between(from, to).filter(g -> g.gateway() == gateway).count();
  }

  Mode mode(int gateway, long from, long to) {
    long all = admitted(gateway, from, to);
    long alone = between(from, to).filter(g -> g.gateway() == gateway && g.alone()).count();
    if (all == 0) {
      return Mode.NONE;
    }
    return alone <= all / FEW ? Mode.SHARED : all - alone <= all / FEW ? Mode.LOCAL : Mode.BOTH;
  }

  /** When gateways were alone although Redis was there: late to find out, or by mistake. */
  List<Alone> aloneWithRedis() {
    List<Alone> all = new ArrayList<>();
    for (int gateway = 0; gateway < GATEWAYS; gateway++) {
      for (Run run : alone(gateway)) {
        if (run.first() - killed < 0) {
          all.add(new Alone(run.shared(), earlier(run.last(), killed)));
        }
        if (run.last() - back > 0) {
          all.add(new Alone(later(run.shared(), back), run.last()));
        }
      }
    }
    return all;
  }

  /** When a gateway heard from Redis last, then admitted alone first, and last. */
  private record Run(long shared, long first, long last) {}

  private List<Run> alone(int gateway) {
    List<Run> runs = new ArrayList<>();
    long shared = start;
    boolean running = false;
    for (SharedGrant grant : grants) {
      if (grant.gateway() == gateway) {
        if (!grant.alone()) {
          shared = grant.heard();
        } else if (running) {
          Run run = runs.get(runs.size() - 1);
          runs.set(runs.size() - 1, new Run(shared, run.first(), grant.heard()));
        } else {
          runs.add(new Run(shared, grant.heard(), grant.heard()));
        }
        running = grant.alone();
      }
    }
    return runs;
  }

  /**
   * How long after Redis was started again the last gateway was alone for the last time; empty if
   * one of them is not back.
   */
  OptionalLong nanosUntilShared() {
    long longest = 0;
    for (int gateway = 0; gateway < GATEWAYS; gateway++) {
      int which = gateway;
      if (mode(gateway, end - 2_000_000_000L, end) != Mode.SHARED) {
        return OptionalLong.empty();
      }
      OptionalLong last =
          between(back, end)
              .filter(g -> g.gateway() == which && g.alone())
              .mapToLong(g -> g.heard() - back)
              .max();
      longest = Math.max(longest, last.orElse(0));
    }
    return OptionalLong.of(longest);
  }

  private static long earlier(long a, long b) {
    return a - b < 0 ? a : b;
  }

  private static long later(long a, long b) {
    return a - b > 0 ? a : b;
  }
}
