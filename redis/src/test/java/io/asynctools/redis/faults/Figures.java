package io.asynctools.redis.faults;

/** What a test measured, for whoever asks for it with {@code -Dredis.figures=true}. */
final class Figures {
  private Figures() {}

  static void say(String format, Object... values) {
    if (Boolean.getBoolean("redis.figures")) {
      System.out.printf(format + "%n", values);
    }
  }
}
