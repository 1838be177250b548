package io.asynctools.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Writes the raw figures, fork by fork, for whoever wants to compare two runs. */
final class BenchJson {
  static void write(
      Path file,
      ContentionFigures figures,
      Map<WaitingSubject, WaiterFigures> waiters,
      KeyFigures keys,
      RedisFigures redis,
      List<Target> targets)
      throws IOException {
    StringJoiner contention = array();
    figures
        .all()
        .forEach(
            (cell, forks) ->
                contention.add(
                    String.format(
                        "{\"subject\":\"%s\",\"situation\":\"%s\",\"threads\":%d,"
                            + "\"opsPerMicrosecond\":%s,\"bytesPerOp\":%s}",
                        cell.subject(),
                        cell.situation(),
                        cell.threads(),
                        numbers(forks.stream().mapToDouble(f -> f.opsPerMicro()).toArray()),
                        numbers(forks.stream().mapToDouble(f -> f.bytesPerOp()).toArray()))));
    StringJoiner waiting = array();
    waiters.forEach(
        (subject, f) ->
            waiting.add(
                String.format(
                    "{\"subject\":\"%s\",\"enqueueNanos\":%s,\"bytesPerWaiter\":%s,"
                        + "\"drainSeconds\":%s,\"cancelSeconds\":%s}",
                    subject,
                    number(f.enqueueNanos()),
                    number(f.bytes()),
                    number(f.drainSeconds()),
                    number(f.cancelSeconds()))));
    StringJoiner memory = array();
    keys.memory().forEach((row, f) -> memory.add(memory(row, KeyedSubject.KEYS, f)));
    keys.hugeMemory().forEach((row, f) -> memory.add(memory(row, KeyRun.HUGE, f)));
    StringJoiner verdicts = array();
    for (Target target : targets) {
      verdicts.add(
          String.format(
              "{\"target\":\"%s\",\"bound\":%s,\"measured\":%s,\"verdict\":\"%s\"}",
              target.text(), number(target.bound()), number(target.measured()), target.verdict()));
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(
        file,
        "{\"jdk\":\""
            + Runtime.version()
            + "\",\"processors\":"
            + Runtime.getRuntime().availableProcessors()
            + ",\n\"contention\":"
            + contention
            + ",\n\"waiters\":"
            + waiting
            + ",\n\"keyMemory\":"
            + memory
            + ",\n\"housekeeping\":"
            + housekeeping(keys.housekeeping())
            + ",\n\"redis\":"
            + redis(redis)
            + ",\n\"targets\":"
            + verdicts
            + "}\n");
  }

  private static String memory(Subject row, int keys, KeyMemory.Figures f) {
    return String.format(
        "{\"subject\":\"%s\",\"keys\":%d,\"bytesPerKey\":%s,\"heapBytes\":%s}",
        row, keys, number(f.bytesPerKey()), number(f.heapBytes()));
  }

  private static String housekeeping(KeyHousekeeping.Figures f) {
    return String.format(
        "{\"alone\":%s,\"beside\":%s,\"during\":%s,\"seconds\":%s}",
        latencies(f.alone()), latencies(f.beside()), latencies(f.during()), number(f.seconds()));
  }

  private static StringJoiner redis(RedisFigures figures) {
    StringJoiner rows = array();
    for (RedisSubject subject : figures.hot().keySet()) {
      RedisLoad.Figures hot = figures.hot().get(subject);
      RedisLoad.Figures many = figures.many().get(subject);
      RedisMemory.Few few = figures.few().getOrDefault(subject, RedisMemory.Few.NONE);
      RedisMemory.Many huge = figures.huge().getOrDefault(subject, RedisMemory.Many.NONE);
      rows.add(
          String.format(
              "{\"subject\":\"%s\",\"hotPerSecond\":%s,\"hotRoundTrips\":%s,"
                  + "\"manyPerSecond\":%s,\"manyRoundTrips\":%s,\"bytesFresh\":%s,"
                  + "\"bytesUsed\":%s,\"bytesOfMillion\":%s,\"secondsToLeave\":%s}",
              subject,
              number(hot.perSecond()),
              number(hot.roundTrips()),
              number(many.perSecond()),
              number(many.roundTrips()),
              number(few.fresh()),
              number(few.used()),
              number(huge.bytesPerKey()),
              number(huge.secondsToLeave())));
    }
    return rows;
  }

  private static String latencies(Latencies l) {
    return String.format(
        "{\"operations\":%s,\"p50Micros\":%s,\"p99Micros\":%s,\"p999Micros\":%s,"
            + "\"maxMicros\":%s,\"overOneMilli\":%s}",
        number(l.count()),
        number(l.p50()),
        number(l.p99()),
        number(l.p999()),
        number(l.max()),
        number(l.overOneMilli()));
  }

  private static StringJoiner array() {
    return new StringJoiner(",\n  ", "[\n  ", "]").setEmptyValue("[]");
  }

  private static String numbers(double[] values) {
    StringJoiner all = new StringJoiner(",", "[", "]");
    for (double value : values) {
      all.add(number(value));
    }
    return all.toString();
  }

  /** JSON has no NaN. */
  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : "null";
  }

  private BenchJson() {}
}
