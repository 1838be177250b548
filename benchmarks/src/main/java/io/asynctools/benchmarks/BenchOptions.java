package io.asynctools.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What to run and for how long.
 *
 * @param parts which tables
 * @param threads the columns
 * @param rounds how often everything is measured, each time in a fresh JVM; the median counts
 * @param warmups warm-up iterations of a fork
 * @param measurements measured iterations of a fork
 * @param iteration the length of an iteration
 * @param waiterRounds measured rounds of the waiters' table, and of the housekeeping's
 * @param huge whether ten million keys are made as well, and a million in Redis
 */
record BenchOptions(
    Set<Part> parts,
    List<Integer> threads,
    int rounds,
    int warmups,
    int measurements,
    TimeValue iteration,
    int waiterRounds,
    boolean huge) {

  private static final String USAGE =
      """
      usage: Bench [--quick] [--threads 1,2,4,8] [--only PART] [--rounds N] [--huge]
        --quick    iterations of 200 ms in place of 1 s, and fewer of them
        --threads  the columns (default 1,2,4,8)
        --only     one part: %s; may be given more than once
        --rounds   forks of each benchmark, one a round; the median counts (default 3)
        --huge     with per-key: ten million keys as well, in a heap of 4 GiB; with redis: a million
      A full run takes about 120 minutes, a quick one about 30; --only and --threads shorten it.""";

  /** The parts of a run. */
  enum Part {
    GRANTED,
    REFUSED,
    WAITERS,
    SEMAPHORE,
    PER_KEY,
    BREAKER,
    RETRY,
    REDIS;

    /** The names, as they are given on the command line. */
    static String names() {
      return Arrays.stream(values()).map(Part::text).collect(Collectors.joining(", "));
    }

    private String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static String usage() {
    return String.format(USAGE, Part.names());
  }

  static BenchOptions parse(String... args) {
    Set<Part> parts = EnumSet.noneOf(Part.class);
    List<Integer> threads = new ArrayList<>(List.of(1, 2, 4, 8));
    int rounds = 3;
    boolean quick = false;
    boolean huge = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> quick = true;
        case "--huge" -> huge = true;
        case "--threads" -> {
          threads.clear();
          for (String number : value(args, ++i).split(",")) {
            threads.add(positive(args[i - 1], number));
          }
        }
        case "--only" -> parts.add(part(value(args, ++i)));
        case "--rounds" -> rounds = positive(args[i], value(args, ++i));
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    if (parts.isEmpty()) {
      parts = EnumSet.allOf(Part.class);
    }
    return quick
        ? new BenchOptions(parts, threads, rounds, 2, 3, TimeValue.milliseconds(200), 5, huge)
        : new BenchOptions(parts, threads, rounds, 3, 5, TimeValue.seconds(1), 9, huge);
  }

  private static String value(String[] args, int i) {
    if (i == args.length) {
      throw new IllegalArgumentException(args[i - 1] + " needs a value");
    }
    return args[i];
  }

  private static int positive(String option, String text) {
    int value = -1;
    try {
      value = Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      // Told below, with the option's name.
    }
    if (value < 1) {
      throw new IllegalArgumentException(option + " takes positive numbers, was " + text);
    }
    return value;
  }

  private static Part part(String text) {
    for (Part part : Part.values()) {
      if (part.text().equalsIgnoreCase(text)) {
        return part;
      }
    }
    throw new IllegalArgumentException("--only takes one of " + Part.names() + ", was " + text);
  }
}
