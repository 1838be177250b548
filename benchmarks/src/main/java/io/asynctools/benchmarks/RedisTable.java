package io.asynctools.benchmarks;

import java.util.Locale;

/** Prints what a decision costs that is made in Redis. */
final class RedisTable {
  static String render(RedisFigures figures) {
    StringBuilder out = new StringBuilder();
    out.append(
        "Redis, one connection, 64 decisions under way: decisions a second, times the floor");
    out.append(" that is a script,\nby how many times ours are more, and round trips a decision\n");
    out.append(String.format("%-25s|%36s |%36s%n", "", "1 hot key", "10 000 keys"));
    out.append(
        String.format(
            "%-25s|%9s%7s%9s%11s |%9s%7s%9s%11s%n",
            "", "per s", "floor", "ours x", "trips", "per s", "floor", "ours x", "trips"));
    for (RedisSubject subject : figures.hot().keySet()) {
      RedisLoad.Figures hot = figures.hot().get(subject);
      RedisLoad.Figures many = figures.many().get(subject);
      out.append(
          String.format(
              Locale.ROOT,
              "%-25s|%9.0f%7.2f%9.2f%11.3f |%9.0f%7.2f%9.2f%11.3f%n",
              subject.label,
              hot.perSecond(),
              figures.hotRatio(subject, RedisSubject.BARE),
              figures.hotRatio(RedisSubject.OURS, subject),
              hot.roundTrips(),
              many.perSecond(),
              figures.manyRatio(subject, RedisSubject.BARE),
              figures.manyRatio(RedisSubject.OURS, subject),
              many.roundTrips()));
    }
    out.append("\nmemory in Redis, bytes a key\n");
    out.append(
        String.format(
            "%-25s|%14s |%16s |%30s%n", "", "1 permit taken", "50 permits taken", "1 000 000:"));
    out.append(String.format("%-25s|%14s |%16s |%30s%n", "", "", "", "bytes a key, gone after s"));
    figures.few().forEach((subject, few) -> memory(out, subject, few, figures));
    return out.toString();
  }

  private static void memory(
      StringBuilder out, RedisSubject subject, RedisMemory.Few few, RedisFigures figures) {
    RedisMemory.Many huge = figures.huge().get(subject);
    String million = "";
    if (huge != null) {
      million =
          Double.isInfinite(huge.secondsToLeave())
              ? String.format(Locale.ROOT, "%.0f, they stay", huge.bytesPerKey())
              : String.format(Locale.ROOT, "%.0f, %.1f", huge.bytesPerKey(), huge.secondsToLeave());
    }
    out.append(
        String.format(
            Locale.ROOT,
            "%-25s|%14.0f |%16.0f |%30s%n",
            subject.label,
            few.fresh(),
            few.used(),
            million));
  }

  private RedisTable() {}
}
