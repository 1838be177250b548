package io.asynctools.redis.faults;

import io.asynctools.redis.server.RedisMonitor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What was granted from a bucket and at which instant of the server's clock, read from what the
 * server wrote, where a permit costs a whole number of microseconds. How many there are must agree
 * with what the callers got, so a wrong reading does not go unseen.
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
      if (state.remaining() < 36 || (state.get() & 0xFF) < 0xF8) {
        throw new AssertionError("not the state of a bucket: " + line);
      }
      final long num = get7(state);
      final long d = get7(state);
      final long full = num * get7(state) / d;
      long now = get7(state);
      long after = get7(state);
      long change = after - Math.max(0, debt - Math.max(0, now - last));
      if (change > 0 && change % microsPerPermit != 0) {
        throw new AssertionError("no whole number of permits: " + change + " us: " + line);
      }
      for (long i = change / microsPerPermit - 1; i >= 0; i--) {
        // One that is booked counts from its slot.
        long slot = now + Math.max(after - i * microsPerPermit - full, 0);
        grants.add(new long[] {slot * 1_000, slot * 1_000});
      }
      for (back += Math.max(0, -change); back >= microsPerPermit; back -= microsPerPermit) {
        grants.remove(grants.size() - 1);
      }
      debt = after;
      last = now;
    }
  }

  private static long get7(ByteBuffer state) {
    long value = 0;
    for (int i = 0; i < 7; i++) {
      value = value << 8 | state.get() & 0xFF;
    }
    return value;
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
