package io.asynctools.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The numbers that a script is told, and how they go over the wire; immutable, often shared. */
final class Numbers {
  private final long[] values;
  private final byte[] wire;

  /** Takes over the array. */
  Numbers(long... values) {
    this.values = values;
    StringBuilder text = new StringBuilder(values.length * 16);
    for (long value : values) {
      String digits = Long.toString(value);
      text.append('$').append(digits.length()).append("\r\n").append(digits).append("\r\n");
    }
    this.wire = text.toString().getBytes(US_ASCII);
  }

  int count() {
    return values.length;
  }

  long get(int i) {
    return values[i];
  }

  /** As arguments of a command, in the protocol of Redis. */
  byte[] wire() {
    return wire;
  }
}
