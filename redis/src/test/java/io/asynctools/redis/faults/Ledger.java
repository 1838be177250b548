package io.asynctools.redis.faults;

import io.asynctools.redis.server.RedisMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was granted from a bucket and at which instant of the server's clock, read from what the
 * server wrote: of "last debt rem" only the first two are needed where a permit costs a whole
 * number of microseconds. How many there are must agree with what the callers got, so a wrong
 * reading does not go unseen.
 */
final class Ledger {
  private static final Pattern STATE = Pattern.compile("(\\d+) (\\d+) 0(?: \\d+ \\d+)?");

  /** For {@link Windows}: a pair of equal instants, in nanoseconds, for each permit. */
  final List<long[]> grants = new ArrayList<>();

  /** How many permits came back. */
  private long returned;

  Ledger(RedisMonitor monitor, String key, long microsPerPermit) {
    String set = "[0 lua] \"SET\" \"" + key + "\" \"";
    long last = 0;
    long debt = 0;
    for (String line : monitor.lines()) {
      int at = line.indexOf(set);
      if (at < 0) {
        continue;
      }
      String value = line.substring(at + set.length()).split("\"", 2)[0];
      Matcher state = STATE.matcher(value);
      if (!state.matches()) {
        throw new AssertionError("not the state of a bucket: " + line);
      }
      long now = Long.parseLong(state.group(1));
      long left = Math.max(0, debt - Math.max(0, now - last));
      debt = Long.parseLong(state.group(2));
      last = now;
      if ((debt - left) % microsPerPermit != 0) {
        throw new AssertionError("no whole number of permits: " + (debt - left) + " us: " + line);
      }
      long permits = (debt - left) / microsPerPermit;
      for (long i = 0; i < permits; i++) {
        grants.add(new long[] {now * 1_000, now * 1_000});
      }
      returned += Math.max(0, -permits);
    }
  }

  long kept() {
    return grants.size() - returned;
  }
}
