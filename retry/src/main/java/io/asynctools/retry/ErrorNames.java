package io.asynctools.retry;

import io.asynctools.api.spi.MessageText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the class names of the option {@code retry-on}, and says what is wrong with them. */
final class ErrorNames {
  private static final int MAX_LENGTH = 200;
  private static final List<String> WELL_KNOWN_PACKAGES =
      List.of("java.lang.", "java.io.", "java.util.concurrent.", "java.net.", "java.sql.");

  private ErrorNames() {}

  static List<Class<? extends Throwable>> parse(String names) {
    List<Class<? extends Throwable>> classes = new ArrayList<>();
    String[] split = names.split(",", -1);
    for (int i = 0; i < split.length; i++) {
      String name = split[i].strip();
      if (name.isEmpty()) {
        throw new IllegalArgumentException(emptyAt(i, split.length));
      }
      Class<? extends Throwable> found = throwable(name, i);
      if (classes.contains(found)) {
        throw wrong("names " + shown(name, i) + " twice");
      }
      classes.add(found);
    }
    return classes;
  }

  private static String emptyAt(int index, int all) {
    if (all == 1) {
      return "retryOn is empty; name a class, or leave retryOn out";
    }
    String where =
        index == all - 1
            ? "ends with a comma"
            : index == 0 ? "starts with a comma" : "has two commas with no name between them";
    return "retryOn " + where + " (name " + (index + 1) + " is empty); remove the comma";
  }

  private static Class<? extends Throwable> throwable(String name, int index) {
    Class<?> found = find(name, index);
    if (found == null) {
      String suggestion = suggestion(name, index);
      throw wrong(
          "names "
              + shown(name, index)
              + ", which is no class that can be found"
              + (suggestion == null ? "" : "; did you mean '" + suggestion + "'?"));
    }
    if (!Throwable.class.isAssignableFrom(found)) {
      throw wrong("names " + shown(name, index) + ", which is no Throwable");
    }
    return found.asSubclass(Throwable.class);
  }

  private static @Nullable Class<?> find(String name, int index) {
    Class<?> found = find(name, index, Thread.currentThread().getContextClassLoader());
    return found == null ? find(name, index, ErrorNames.class.getClassLoader()) : found;
  }

  private static @Nullable Class<?> find(String name, int index, @Nullable ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | NoClassDefFoundError e) { // the latter: other letter case
      return null;
    } catch (RuntimeException | LinkageError e) { // a broken class, or a loader that was closed
      throw new IllegalArgumentException(
          "retryOn names "
              + shown(name, index)
              + ", which its class loader cannot load ("
              + e.getClass().getName()
              + ")",
          e);
    }
  }

  /** A nested class has a {@code $} where Java code has a dot; a simple name needs its package. */
  private static @Nullable String suggestion(String name, int index) {
    if (!isClassName(name)) {
      return null;
    }
    StringBuilder nested = new StringBuilder(name);
    for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
      nested.setCharAt(dot, '$');
      if (isThrowable(nested.toString(), index)) {
        return nested.toString();
      }
    }
    if (name.indexOf('.') < 0) {
      for (String known : WELL_KNOWN_PACKAGES) {
        if (isThrowable(known + name, index)) {
          return known + name;
        }
      }
    }
    return null;
  }

  private static boolean isThrowable(String name, int index) {
    try {
      Class<?> found = find(name, index);
      return found != null && Throwable.class.isAssignableFrom(found);
    } catch (IllegalArgumentException e) { // cannot be loaded
      return false;
    }
  }

  /** What cannot be a class name may be a credential in the wrong place, and is not shown. */
  private static String shown(String name, int index) {
    String visible = name.replaceAll("[\\p{Cf}\\p{Cc}\\p{Z}]", "");
    return isClassName(visible)
        ? "'" + MessageText.escape(name, MAX_LENGTH) + "'"
        : "as number " + (index + 1) + " what cannot be a class name";
  }

  private static boolean isClassName(String name) {
    return name.chars().allMatch(c -> Character.isJavaIdentifierPart(c) || c == '.');
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "retryOn "
            + what
            + "; accepted are full class names of exceptions, separated by commas:"
            + " java.io.IOException,java.util.concurrent.TimeoutException");
  }
}
