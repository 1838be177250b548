package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The numbers that a script is told, and how they go over the wire: as doubles, which they are in
 * Lua anyway, the first six in one argument and the rest in another. Immutable, often shared.
 */
final class Numbers {
  private static final int FIRST = 6;

  private final long[] values;
  private final byte[] wire;

  /** Takes over the array: whole numbers below 2^53. */
  Numbers(long... values) {
    this.values = values;
    ByteBuffer wire = ByteBuffer.allocate((values.length + 4) * Double.BYTES);
    putArgument(wire, 0, Math.min(values.length, FIRST));
    if (values.length > FIRST) {
      putArgument(wire, FIRST, values.length);
    }
    this.wire = new byte[wire.flip().remaining()];
    wire.get(this.wire);
  }

  private void putArgument(ByteBuffer wire, int from, int to) {
    wire.put(("$" + (to - from) * Double.BYTES + "\r\n").getBytes(US_ASCII));
    put(wire, Arrays.copyOfRange(values, from, to));
    wire.put("\r\n".getBytes(US_ASCII));
  }

  /** As doubles, which hold them exactly. */
  static void put(ByteBuffer buffer, long... values) {
    for (long value : values) {
      buffer.putDouble((double) value);
    }
  }

  int count() {
    return values.length;
  }

  long get(int i) {
    return values[i];
  }

  /** How many arguments they are. */
  int arguments() {
    return values.length > FIRST ? 2 : 1;
  }

  /** As arguments of a command, in the protocol of Redis. */
  byte[] wire() {
    return wire;
  }
}
