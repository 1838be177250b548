package io.asynctools.api.spi;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was configured for one limiter: options as text, parsed when asked for, and what text cannot
 * carry. Immutable.
 */
public final class LimiterConfig {
  private final String limiter;
  private final String path; // what stands before each name here in the text that the user wrote
  private final Map<String, Object> options; // each is text, or a Flaw
  private final LimiterEnvironment environment;

  /** What is wrong with an entry whose value is no text. */
  private record Flaw(String what) {}

  private LimiterConfig(
      String limiter, String path, Map<String, Object> options, LimiterEnvironment environment) {
    this.limiter = requireNonNull(limiter, "limiter");
    this.path = path;
    this.options = Map.copyOf(options);
    this.environment = requireNonNull(environment, "environment");
  }

  /**
   * A configuration. Look-ups by name make and check their own; this is for a test of a provider.
   *
   * @param limiter what the limiter is called in errors
   * @param options the options by name. White space around a name does not count, nor does a byte
   *     order mark at its start. A value that is null or no text, as loaders of YAML give, is
   *     reported by {@link #get}
   * @param environment what text cannot carry
   * @return the configuration
   * @throws LimiterConfigException if a name is null or no text
   */
  public static LimiterConfig of(
      String limiter, Map<String, String> options, LimiterEnvironment environment) {
    requireNonNull(limiter, "limiter");
    Map<String, Object> read = new HashMap<>();
    for (Map.Entry<?, ?> entry : options.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new LimiterConfigException(
            "limiter "
                + MessageText.quoteName(limiter)
                + ": the name of an option is "
                + kindOf(entry.getKey())
                + "; accepted are names such as 'rate'");
      }
      String name = MessageText.trim(key);
      Object value =
          entry.getValue() instanceof String text
              ? text
              : new Flaw("is " + kindOf(entry.getValue()));
      if (read.put(name, value) != null) {
        read.put(name, new Flaw("is given twice, once with white space around its name"));
      }
    }
    return new LimiterConfig(limiter, "", read, environment);
  }

  private static String kindOf(@Nullable Object value) {
    return value == null ? "null" : "a " + value.getClass().getSimpleName() + ", not text";
  }

  /**
   * The value of an option.
   *
   * @param <T> its type
   * @param option the option
   * @return the value given, or the default; null only where the default is
   * @throws LimiterConfigException if the value is malformed, or missing where it is required
   */
  @SuppressWarnings("NullAway") // the default, which may be null where the option says so
  public <T> T get(ConfigOption<T> option) {
    Object value = options.get(option.name());
    if (value instanceof Flaw flaw) {
      throw wrong(option, flaw.what());
    }
    if (value instanceof String text) {
      return parse(option, text);
    }
    if (option.isRequired()) {
      throw wrong(option, "is missing (" + option.description() + ")");
    }
    return option.defaultValue();
  }

  /** What a parser throws is not kept: its message may hold the value. */
  private <T> T parse(ConfigOption<T> option, String text) {
    try {
      return OptionParser.parse(option.type(), MessageText.trim(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw wrong(option, "cannot be " + MessageText.quote(option, text));
    }
  }

  private LimiterConfigException wrong(ConfigOption<?> option, String what) {
    return new LimiterConfigException(
        "limiter "
            + MessageText.quoteName(limiter)
            + ": option "
            + MessageText.quoteName(path + option.name())
            + " "
            + what
            + "; accepted is "
            + OptionParser.accepted(option.type()));
  }

  /**
   * The options of a group, without its prefix: {@code nested("limiter")} has as {@code rate} what
   * stands here as {@code limiter.rate}. Errors name the full path.
   *
   * @param prefix the group's name, without the dot
   * @return the group, in the same environment, in which it goes by this limiter's name
   */
  public LimiterConfig nested(String prefix) {
    String start = prefix + ".";
    Map<String, Object> group = new HashMap<>();
    options.forEach(
        (name, value) -> {
          if (name.startsWith(start)) {
            group.put(name.substring(start.length()), value);
          }
        });
    LimiterEnvironment named =
        environment.name().isPresent() ? environment : environment.withName(limiter);
    return new LimiterConfig(limiter, path + start, group, named);
  }

  /**
   * What the limiter is called in errors.
   *
   * @return the name
   */
  public String limiter() {
    return limiter;
  }

  /**
   * What stands before the names of these options where the user wrote them.
   *
   * @return the path of the group, with a dot at its end; empty outside any group
   */
  public String path() {
    return path;
  }

  /**
   * Checks whether an option was given. An option that is given but has no effect beside the others
   * is a mistake that its provider should reject, with the reason.
   *
   * @param option the option
   * @return whether the user wrote it, whatever its value
   */
  public boolean isGiven(ConfigOption<?> option) {
    return options.containsKey(option.name());
  }

  /**
   * The options that were given.
   *
   * @return their names, sorted
   */
  public SortedSet<String> names() {
    return new TreeSet<>(options.keySet());
  }

  /**
   * Returns the text given for an option, unchanged. The text may hold a credential: {@link
   * MessageText#quote(ConfigOption, String)} says how to print it.
   *
   * @param name the option's name
   * @return the text; null if none was given
   */
  public @Nullable String text(String name) {
    return options.get(name) instanceof String text ? text : null;
  }

  /**
   * What text cannot carry.
   *
   * @return the environment
   */
  public LimiterEnvironment environment() {
    return environment;
  }

  /** The values are left out: they may hold credentials. */
  @Override
  public String toString() {
    return "LimiterConfig[limiter="
        + MessageText.quoteName(limiter)
        + ", options="
        + names().stream().map(MessageText::quoteName).toList()
        + "]";
  }
}
