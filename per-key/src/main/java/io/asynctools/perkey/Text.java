package io.asynctools.perkey;

import io.asynctools.api.spi.MessageText;

/** Turns what others made, a key or a limiter, into text for one line. */
final class Text {
  static final int KEY = 64;
  static final int LIMITER = 512;

  private Text() {}

  /** Its {@code toString()}, escaped and shortened; the name of its class if that throws. */
  static String of(Object object, int maxLength) {
    String text;
    try {
      text = String.valueOf(object.toString());
    } catch (RuntimeException | StackOverflowError e) {
      text = object.getClass().getName();
    }
    return MessageText.escape(text, maxLength);
  }
}
