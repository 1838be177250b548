package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

/** Prepares text that comes from outside, a key or a configured value, for a message or a log. */
public final class MessageText {
  private MessageText() {}

  /**
   * Escapes control, format and unusual space characters, which would be invisible or break a log
   * line, as {@code \\uXXXX}, and shortens the text.
   *
   * @param text the text
   * @param maxLength the maximum number of characters of {@code text} that are kept, at least 1; an
   *     ellipsis stands for the rest
   * @return the text as it may be printed
   */
  public static String escape(String text, int maxLength) {
    requireNonNull(text, "text");
    int end = Math.min(text.length(), maxLength);
    if (end > 0 && end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    StringBuilder escaped = new StringBuilder(end + 8);
    for (int i = 0; i < end; ) {
      int codePoint = text.codePointAt(i);
      if (isVisible(codePoint)) {
        escaped.appendCodePoint(codePoint);
      } else {
        for (char unit : Character.toChars(codePoint)) {
          escaped.append(String.format("\\u%04x", (int) unit));
        }
      }
      i += Character.charCount(codePoint);
    }
    return end < text.length() ? escaped.append('…').toString() : escaped.toString();
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }
}
