package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import java.text.Normalizer;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Prepares text that comes from outside (a key, a configured name, a configured value) for a
 * message or a log. All methods are pure and never throw for a text that is not null.
 *
 * <p><b>Credentials.</b> A text that may hold a credential is never printed, not even in part. That
 * is any text in which one of {@code @ : = ? & # ~ ^ | !} or a percent-encoded character occurs,
 * since a URI, a user's name with a password, or a password may need it. Of a value it is also any
 * text with a word such as {@code password} or {@code secret}, with a word of at least six
 * characters that mixes letters and digits, or with more than 100 characters. Numbers, durations,
 * times and rates are always printed.
 */
public final class MessageText {
  private static final List<String> BYTE_ORDER_MARKS = List.of("\ufeff", "\u00ef\u00bb\u00bf");
  private static final int MAX_NAME = 64;
  private static final int MAX_VALUE = 100;

  private static final Pattern SUSPICIOUS =
      Pattern.compile("[@:=?&#~^|!`]|%[0-9a-fA-F]{2}", Pattern.DOTALL);
  private static final Pattern BLANK = Pattern.compile("\\S\\s+\\S");
  private static final Pattern SECRET_WORD =
      Pattern.compile(
          "passw|passphrase|pwd|secret|credential|bearer|auth|(api|access|private).?key",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern OPAQUE =
      Pattern.compile("(?=[0-9]*\\p{L})(?=\\p{L}*[0-9])[\\p{L}0-9]{6,}");
  private static final Pattern HARMLESS_WORD =
      Pattern.compile(
          "([0-9]+(ns|us|ms|s|m|h|d|w))+|[0-9]+((nano|micro|milli)?sec(ond)?|min(ute)?|h(ou)?r|day"
              + "|permit|token|call)s?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NUMBER_OR_TIME =
      Pattern.compile(
          "[-+]?[0-9.,_]+([eE][-+]?[0-9]+)?|[0-9]{1,4}(:[0-9]{1,2}){1,2}|[-+]?P[-+0-9TYMWDHS.,]*",
          Pattern.CASE_INSENSITIVE);

  private MessageText() {}

  /**
   * Quotes a configured value.
   *
   * @param value the value, as the user wrote it
   * @return the value between apostrophes, escaped; if it may hold a credential, a remark in angle
   *     brackets that gives its length only
   */
  public static String quote(String value) {
    return mayHoldCredential(value) ? hidden(value) : "'" + escape(value, MAX_VALUE) + "'";
  }

  /**
   * Quotes a configured value of an option.
   *
   * @param option the option that the value was given for
   * @param value the value, as the user wrote it
   * @return as {@link #quote(String)}; the value of a {@linkplain ConfigOption#isSensitive
   *     sensitive} option is never shown
   */
  public static String quote(ConfigOption<?> option, String value) {
    return option.isSensitive() ? hidden(value) : quote(value);
  }

  /**
   * Quotes a name that the user chose or misspelled: of an option, a limiter, a strategy. Words
   * that a value would be hidden for, such as {@code password}, are printed. A text with a blank in
   * it is no name, and is treated as a value.
   *
   * @param name the name
   * @return the name between apostrophes, escaped and shortened; if it may hold a credential, a
   *     remark in angle brackets that gives its length only
   */
  public static String quoteName(String name) {
    boolean isHidden =
        isSuspicious(name) || (BLANK.matcher(name).find() && mayHoldCredential(name));
    return isHidden ? hidden(name) : "'" + escape(name, MAX_NAME) + "'";
  }

  /**
   * Returns what stands in a message in place of a text that must not be shown.
   *
   * @param text the text
   * @return a remark in angle brackets that gives the number of characters
   */
  public static String hidden(String text) {
    return "<" + text.length() + " characters, not shown since they may hold a credential>";
  }

  /**
   * Checks whether a value may hold a credential, by the rule of this class.
   *
   * @param value the value
   * @return true if the value must not be printed
   */
  public static boolean mayHoldCredential(String value) {
    String visible = value.strip();
    if (NUMBER_OR_TIME.matcher(visible).matches()) {
      return visible.length() > MAX_VALUE;
    }
    return visible.length() > MAX_VALUE
        || isSuspicious(visible)
        || SECRET_WORD.matcher(visible).find()
        || OPAQUE
            .matcher(visible)
            .results()
            .anyMatch(word -> !HARMLESS_WORD.matcher(word.group()).matches());
  }

  private static boolean isSuspicious(String text) {
    return SUSPICIOUS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKC)).find();
  }

  /**
   * Removes what editors and parsers leave around a configured text: white space at both ends, and
   * a byte order mark at the start, also one of UTF-8 that was read as ISO 8859-1.
   *
   * @param text the text
   * @return the text without them
   */
  public static String trim(String text) {
    String trimmed = text.strip();
    for (String mark : BYTE_ORDER_MARKS) {
      if (trimmed.startsWith(mark)) {
        return trimmed.substring(mark.length()).strip();
      }
    }
    return trimmed;
  }

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
