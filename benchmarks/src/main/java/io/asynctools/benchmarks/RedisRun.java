package io.asynctools.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs {@link RedisLoad} and {@link RedisMemory} for each subject, on one server, in JVMs of their
 * own, one after another.
 */
final class RedisRun {
  static final int HOT = 1;
  static final int MANY = 10_000;
  static final int HUGE = 1_000_000;
  private static final List<String> HEAP = OwnJvm.heap("1g");

  /** Of an iteration, in quick runs too: a client that is not warm yet is half as fast. */
  private static final long SHORTEST_MILLIS = 1_000;

  private final BenchOptions options;
  private final String uri;

  private RedisRun(BenchOptions options, String uri) {
    this.options = options;
    this.uri = uri;
  }

  static RedisFigures run(BenchOptions options) throws IOException, InterruptedException {
    try (OwnRedis redis = OwnRedis.start()) {
      RedisRun run = new RedisRun(options, redis.uri());
      return new RedisFigures(run.load(HOT), run.load(MANY), run.few(), run.huge());
    }
  }

  /** Subject by subject in each round, so that a drift of the machine hits all. */
  private Map<RedisSubject, RedisLoad.Figures> load(int keys)
      throws IOException, InterruptedException {
    Map<RedisSubject, List<RedisLoad.Figures>> rounds = new EnumMap<>(RedisSubject.class);
    for (int round = 1; round <= options.rounds(); round++) {
      for (RedisSubject subject : RedisSubject.values()) {
        String line =
            OwnJvm.lastLine(
                HEAP,
                RedisLoad.class,
                subject.name(),
                uri,
                keys,
                options.warmups(),
                options.measurements(),
                Math.max(options.iteration().convertTo(TimeUnit.MILLISECONDS), SHORTEST_MILLIS));
        System.err.printf("redis, %d key(s), round %d: %s %s%n", keys, round, subject.label, line);
        rounds.computeIfAbsent(subject, s -> new ArrayList<>()).add(RedisLoad.Figures.parse(line));
      }
    }
    Map<RedisSubject, RedisLoad.Figures> medians = new EnumMap<>(RedisSubject.class);
    rounds.forEach((subject, figures) -> medians.put(subject, median(figures)));
    return medians;
  }

  private static RedisLoad.Figures median(List<RedisLoad.Figures> rounds) {
    return new RedisLoad.Figures(
        Medians.of(rounds.stream().mapToDouble(RedisLoad.Figures::perSecond).toArray()),
        Medians.of(rounds.stream().mapToDouble(RedisLoad.Figures::roundTrips).toArray()));
  }

  private Map<RedisSubject, RedisMemory.Few> few() throws IOException, InterruptedException {
    Map<RedisSubject, RedisMemory.Few> figures = new EnumMap<>(RedisSubject.class);
    for (RedisSubject subject : RedisSubject.values()) {
      if (subject.hasKeys) {
        figures.put(subject, RedisMemory.Few.parse(memory(subject, 0)));
      }
    }
    return figures;
  }

  private Map<RedisSubject, RedisMemory.Many> huge() throws IOException, InterruptedException {
    Map<RedisSubject, RedisMemory.Many> figures = new EnumMap<>(RedisSubject.class);
    for (RedisSubject subject : RedisSubject.values()) {
      if (subject.hasKeys && options.huge()) {
        figures.put(subject, RedisMemory.Many.parse(memory(subject, HUGE)));
      }
    }
    return figures;
  }

  private String memory(RedisSubject subject, int keys) throws IOException, InterruptedException {
    String line = OwnJvm.lastLine(HEAP, RedisMemory.class, subject.name(), uri, keys);
    System.err.printf("redis, memory of %d keys: %s %s%n", keys, subject.label, line);
    return line;
  }
}
