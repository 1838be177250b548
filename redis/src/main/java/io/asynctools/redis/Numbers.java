package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/**
 * Numbers that a script is told in one argument, and how they go over the wire: as doubles, which
 * they are in Lua anyway. Immutable, often shared.
 */
final class Numbers {
  private final long[] values;
  private final byte[] wire;

  /** Takes over the array: whole numbers below 2^53. */
  Numbers(long... values) {
    this(new byte[0], values);
  }

  /** The same, with bytes after the numbers. */
  Numbers(byte[] tail, long... values) {
    this.values = values;
    int length = values.length * Double.BYTES + tail.length;
    byte[] head = ("$" + length + "\r\n").getBytes(US_ASCII);
    ByteBuffer all = ByteBuffer.allocate(head.length + length + 2);
    all.put(head);
    put(all, values);
    all.put(tail);
    this.wire = all.put((byte) '\r').put((byte) '\n').array();
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

  /** As an argument of a command, in the protocol of Redis. */
  byte[] wire() {
    return wire;
  }
}
