package io.asynctools.benchmarks;

import io.asynctools.benchmarks.BenchOptions.Part;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures our policies beside the floors and the peers, prints the tables and says which targets
 * were met. The raw figures go to {@code bench.json} beside the jar.
 */
public final class Bench {
  public static void main(String[] args) throws Exception {
    BenchOptions options;
    try {
      options = BenchOptions.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + BenchOptions.usage());
      System.exit(2);
      return;
    }
    double load = load();
    List<Situation> situations = situations(options);
    ContentionFigures figures = new ContentionRun(options).run(situations);
    Map<WaitingSubject, WaiterFigures> waiters =
        options.parts().contains(Part.WAITERS) ? WaiterRun.run(options) : Map.of();
    KeyFigures keys =
        options.parts().contains(Part.PER_KEY) ? KeyRun.run(options) : KeyFigures.NONE;
    RedisFigures redis =
        options.parts().contains(Part.REDIS) ? RedisRun.run(options) : RedisFigures.NONE;
    List<Target> targets = Targets.of(options.parts(), figures, waiters, keys, redis);

    System.out.printf(
        Locale.ROOT,
        "%nJDK %s, %d processors, load average %.1f before the run; medians of %d round(s)%n%n",
        Runtime.version(),
        Runtime.getRuntime().availableProcessors(),
        load,
        options.rounds());
    for (Situation situation : situations) {
      System.out.println(new ContentionTable(figures, situation, options.threads()).render());
    }
    if (!waiters.isEmpty()) {
      System.out.println(WaiterTable.render(waiters));
    }
    if (keys.isMeasured()) {
      System.out.println(KeyTable.render(keys));
    }
    if (redis.isMeasured()) {
      System.out.println(RedisTable.render(redis));
    }
    System.out.println("targets");
    targets.forEach(target -> System.out.print(target.render()));
    Path file = target().resolve("bench.json");
    BenchJson.write(file, figures, waiters, keys, redis, targets);
    System.out.println("\nraw figures: " + Path.of("").toAbsolutePath().relativize(file));
  }

  /**
   * Other work spoils the comparisons (a contended subject even gains by it): the reader is told.
   */
  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static List<Situation> situations(BenchOptions options) {
    return Arrays.stream(Situation.values()).filter(s -> options.parts().contains(s.part)).toList();
  }

  /** The build's output directory: where this class was loaded from, the jar or `classes`, is. */
  private static Path target() throws Exception {
    URI here = Bench.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    return Path.of(here).toAbsolutePath().getParent();
  }

  private Bench() {}
}
