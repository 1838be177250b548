package io.asynctools.api;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.MessageText;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a configuration that may hold a credential. A provider's own messages, and those of
 * a driver behind it, are searched for them: a stranger's provider knows no rule of ours.
 */
final class Secrets {
  private static final int SHORTEST = 3; // a shorter part occurs in any message

  /** The longest first, so that a part is not replaced within the text that it is a part of. */
  private final SortedSet<String> parts =
      new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(c -> c));

  private Secrets() {}

  static Secrets of(LimiterConfig config, LimiterProvider<?> provider) {
    Set<String> sensitive = new HashSet<>();
    Set<String> harmless = new HashSet<>(config.names());
    for (ConfigOption<?> option : provider.options()) {
      harmless.add(option.name());
      if (option.isSensitive()) {
        sensitive.add(option.name());
      }
    }
    Secrets secrets = new Secrets();
    for (String name : config.names()) {
      String text = config.text(name);
      if (text != null && (sensitive.contains(name) || MessageText.mayHoldCredential(text))) {
        secrets.add(text, harmless);
      }
    }
    return secrets;
  }

  /** Adds a text, and what stands in it after its scheme: users, passwords, hosts, parameters. */
  private void add(String text, Set<String> harmless) {
    addPart(text, harmless);
    int scheme = text.indexOf("://");
    for (String part :
        text.substring(scheme < 0 ? 0 : scheme + 3).split("[\\s,;'\"{}:/@?&=#]+", -1)) {
      addPart(part, harmless);
      addPart(decoded(part), harmless);
    }
  }

  private void addPart(String part, Set<String> harmless) {
    boolean port = part.length() <= 5 && part.chars().allMatch(c -> c >= '0' && c <= '9');
    if (part.length() >= SHORTEST
        && !port
        && harmless.stream().noneMatch(name -> name.contains(part))) {
      parts.add(part);
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) { // not percent-encoded
      return text;
    }
  }

  String masked(String message) {
    String result = message;
    for (String part : parts) {
      result = result.replace(part, MessageText.hidden(part));
    }
    return result;
  }

  /** Whether a stack trace of an exception would show one of them. */
  boolean areShownBy(Throwable error) {
    return !parts.isEmpty() && areShownBy(error, new IdentityHashMap<>());
  }

  private boolean areShownBy(@Nullable Throwable error, Map<Throwable, Boolean> seen) {
    if (error == null || seen.put(error, true) != null) {
      return false;
    }
    String text;
    try {
      text = error + " " + error.getMessage();
    } catch (RuntimeException e) { // who knows what it would show
      return true;
    }
    return parts.stream().anyMatch(text::contains)
        || areShownBy(error.getCause(), seen)
        || List.of(error.getSuppressed()).stream().anyMatch(each -> areShownBy(each, seen));
  }
}
