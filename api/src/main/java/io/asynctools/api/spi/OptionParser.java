package io.asynctools.api.spi;

import io.asynctools.api.Rate;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the text of an option. */
final class OptionParser {
  private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9.]+([eE][-+]?[0-9]+)?");
  private static final Pattern DURATION = Pattern.compile("([0-9]+)(ns|us|ms|s|m|h|d)");
  private static final Map<String, ChronoUnit> UNITS =
      Map.of(
          "ns", ChronoUnit.NANOS,
          "us", ChronoUnit.MICROS,
          "ms", ChronoUnit.MILLIS,
          "s", ChronoUnit.SECONDS,
          "m", ChronoUnit.MINUTES,
          "h", ChronoUnit.HOURS,
          "d", ChronoUnit.DAYS);

  private static final Set<Class<?>> TYPES =
      Set.of(
          String.class,
          Integer.class,
          int.class,
          Long.class,
          long.class,
          Double.class,
          double.class,
          Boolean.class,
          boolean.class,
          Duration.class,
          Rate.class);

  private OptionParser() {}

  /** Gives the value, or throws an IllegalArgumentException or ArithmeticException. */
  @SuppressWarnings("unchecked") // each branch gives what its type says
  static <T> T parse(Class<T> type, String text) {
    return (T) value(type, text);
  }

  private static Object value(Class<?> type, String text) {
    if (type == String.class) {
      return text;
    } else if (type == Integer.class || type == int.class) {
      return Integer.valueOf(text);
    } else if (type == Long.class || type == long.class) {
      return Long.valueOf(text);
    } else if (type == Double.class || type == double.class) {
      return decimal(text);
    } else if (type == Boolean.class || type == boolean.class) {
      return bool(text);
    } else if (type == Duration.class) {
      return duration(text);
    } else if (type == Rate.class) {
      return Rate.parse(text);
    } else if (type.isEnum()) {
      return constant(type, text);
    }
    throw new IllegalArgumentException("an option cannot be a " + type.getName());
  }

  static boolean supports(Class<?> type) {
    return type.isEnum() || TYPES.contains(type);
  }

  /** What may be written for a type, to end a sentence with. */
  static String accepted(Class<?> type) {
    if (type == Integer.class || type == int.class) {
      return "a whole number of 32 bits";
    } else if (type == Long.class || type == long.class) {
      return "a whole number of 64 bits";
    } else if (type == Double.class || type == double.class) {
      return "a decimal number, such as 2 or 0.5, within the option's range";
    } else if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    } else if (type == Duration.class) {
      return "a duration such as 250ms, 30s, 5m, 1h or PT1.5S";
    } else if (type == Rate.class) {
      return "a positive rate such as 100/s, 5/m, 1000/h, 1/10s or 2.5/s";
    } else if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(OptionParser::kebab)
              .collect(Collectors.joining(", "));
    }
    return "text";
  }

  private static double decimal(String text) {
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)
        || !DECIMAL.matcher(text).matches()) { // 1f and 0x1p3 are Java's own
      throw new IllegalArgumentException("not a decimal number");
    }
    return value;
  }

  private static boolean bool(String text) {
    if (text.equalsIgnoreCase("true")) {
      return true;
    } else if (text.equalsIgnoreCase("false")) {
      return false;
    }
    throw new IllegalArgumentException("neither true nor false");
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (matcher.matches()) {
      @Nullable ChronoUnit unit = UNITS.get(matcher.group(2));
      if (unit != null) {
        return Duration.of(Long.parseLong(matcher.group(1)), unit);
      }
    }
    try {
      return Duration.parse(text);
    } catch (java.time.format.DateTimeParseException e) {
      throw new IllegalArgumentException("not a duration", e);
    }
  }

  private static Object constant(Class<?> type, String text) {
    for (Object constant : type.getEnumConstants()) {
      if (kebab(constant).equalsIgnoreCase(text.replace('_', '-'))) {
        return constant;
      }
    }
    throw new IllegalArgumentException("no such constant");
  }

  private static String kebab(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
