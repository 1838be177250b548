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

  /**
   * For {@link Windows}: a pair of equal instants, in nanoseconds, for each permit. Not those that
   * came back, unused: they are taken for the last ones before.
   */
  final List<long[]> grants = new ArrayList<>();

  Ledger(RedisMonitor monitor, String key, long microsPerPermit) {
    String set = "[0 lua] \"SET\" \"" + key + "\" \"";
    long last = 0;
    long debt = 0;
    long back = 0;
    for (String line : monitor.lines()) {
      int at = line.indexOf(set);
      if (at < 0) {
        continue;
      }
      Matcher state = STATE.matcher(line.substring(at + set.length()).split("\"", 2)[0]);
      if (!state.matches()) {
        throw new AssertionError("not the state of a bucket: " + line);
      }
      long now = Long.parseLong(state.group(1));
      long change = Long.parseLong(state.group(2)) - Math.max(0, debt - Math.max(0, now - last));
      if (change > 0 && change % microsPerPermit != 0) {
        throw new AssertionError("no whole number of permits: " + change + " us: " + line);
      }
      for (long i = change / microsPerPermit; i > 0; i--) {
        grants.add(new long[] {now * 1_000, now * 1_000});
      }
      for (back += Math.max(0, -change); back >= microsPerPermit; back -= microsPerPermit) {
        grants.remove(grants.size() - 1);
      }
      debt = Long.parseLong(state.group(2));
      last = now;
    }
  }
}
