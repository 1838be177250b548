package io.asynctools.redis.faults;

import io.asynctools.redis.server.RedisMonitor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What was granted from a bucket and at which instant of the server's clock, read from what the
 * server wrote: of last, debt and rem only the first two are needed where a permit costs a whole
 * number of microseconds. How many there are must agree with what the callers got, so a wrong
 * reading does not go unseen.
 */
final class Ledger {
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
      ByteBuffer state = ByteBuffer.wrap(unescaped(line, at + set.length()));
      if (state.remaining() < 25 || state.get() != (byte) 0xFE) {
        throw new AssertionError("not the state of a bucket: " + line);
      }
      long now = (long) state.getDouble();
      long after = (long) state.getDouble();
      long change = after - Math.max(0, debt - Math.max(0, now - last));
      if (change > 0 && change % microsPerPermit != 0) {
        throw new AssertionError("no whole number of permits: " + change + " us: " + line);
      }
      for (long i = change / microsPerPermit; i > 0; i--) {
        grants.add(new long[] {now * 1_000, now * 1_000});
      }
      for (back += Math.max(0, -change); back >= microsPerPermit; back -= microsPerPermit) {
        grants.remove(grants.size() - 1);
      }
      debt = after;
      last = now;
    }
  }

  /** The bytes that stand in a line of MONITOR's, from there to the next quotation mark. */
  private static byte[] unescaped(String line, int from) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = from; line.charAt(i) != '"'; i++) {
      char c = line.charAt(i);
      if (c != '\\') {
        bytes.write(c);
        continue;
      }
      char escaped = line.charAt(++i);
      if (escaped == 'x') {
        bytes.write(Integer.parseInt(line.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        int named = "nrtab".indexOf(escaped);
        bytes.write(named < 0 ? escaped : "\n\r\t\007\b".charAt(named));
      }
    }
    return bytes.toByteArray();
  }
}
