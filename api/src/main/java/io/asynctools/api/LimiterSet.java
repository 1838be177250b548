package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.MessageText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The limits of an application, by name. Each was made once, when the set was loaded: asking for a
 * name again gives the same limit. Thread-safe.
 */
public final class LimiterSet implements AutoCloseable {
  private static final ConfigOption<String> TYPE =
      ConfigOption.required("type", String.class, "the strategy's name");

  private final SortedMap<String, Object> limits;

  private LimiterSet(SortedMap<String, Object> limits) {
    this.limits = limits;
  }

  static LimiterSet load(
      Map<String, String> properties, String prefix, LimiterEnvironment environment) {
    requireNonNull(properties, "properties");
    requireNonNull(prefix, "prefix");
    requireNonNull(environment, "environment");
    List<LimiterConfigException> errors = new ArrayList<>();
    String start = prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
    SortedMap<String, Map<String, String>> groups = grouped(properties, start, errors);
    Providers providers = Providers.discover();
    SortedMap<String, Object> limits = new TreeMap<>();
    try {
      groups.forEach(
          (limit, options) -> {
            try {
              limits.put(limit, make(limit, options, groups, start, providers, environment));
            } catch (LimiterConfigException e) {
              errors.add(e);
            }
          });
      if (!errors.isEmpty()) {
        throw LimiterConfigException.of(errors);
      }
    } catch (Throwable e) {
      closeAll(limits);
      throw e;
    }
    return new LimiterSet(limits);
  }

  private static Object make(
      String limit,
      Map<String, String> options,
      SortedMap<String, Map<String, String>> groups,
      String start,
      Providers providers,
      LimiterEnvironment environment) {
    if (!options.containsKey(TYPE.name())) {
      throw missingType(limit, options, groups, start, providers);
    }
    LimiterEnvironment named = environment.withName(limit);
    LimiterConfig config = config(limit, options, start, named);
    String type = config.get(TYPE);
    if (type.isEmpty()) {
      throw new LimiterConfigException(
          "limiter "
              + MessageText.quoteName(limit)
              + ": "
              + MessageText.quoteName(start + limit + ".type")
              + " is blank, was ''. Present: "
              + String.join(", ", providers.names()));
    }
    Map<String, String> others = new HashMap<>(options);
    others.remove(TYPE.name());
    return LimiterFactory.make(providers, type, config(limit, others, start, named), Object.class);
  }

  /** The options of a limit; where there is a prefix, errors name the full property. */
  private static LimiterConfig config(
      String limit, Map<String, String> options, String start, LimiterEnvironment environment) {
    if (start.isEmpty()) {
      return LimiterConfig.of(limit, options, environment);
    }
    Map<String, String> properties = new HashMap<>();
    options.forEach((option, value) -> properties.put(start + limit + "." + option, value));
    return LimiterConfig.of(limit, properties, environment).nested(start + limit);
  }

  private static LimiterConfigException missingType(
      String limit,
      Map<String, String> options,
      SortedMap<String, Map<String, String>> groups,
      String start,
      Providers providers) {
    String path = start + limit + ".";
    String option = options.keySet().iterator().next();
    Set<String> meant = new TreeSet<>();
    for (String each : options.keySet()) {
      if (each.equalsIgnoreCase(TYPE.name())) {
        option = each;
        meant.add(path + TYPE.name());
      }
    }
    if (meant.isEmpty()) {
      for (Map.Entry<String, Map<String, String>> other : groups.entrySet()) {
        if (other.getValue().containsKey(TYPE.name())) {
          meant.add(start + other.getKey() + "." + option);
        }
      }
    }
    return new LimiterConfigException(
        "limiter "
            + MessageText.quoteName(limit)
            + ": "
            + MessageText.quoteName(path + TYPE.name())
            + " is missing, so "
            + MessageText.quoteName(path + option)
            + " has no limiter"
            + Nearest.endOfSentence(path + option, meant)
            + " Present types: "
            + String.join(", ", providers.names()));
  }

  /** The options by limit. What stands in a property that is no limit's is never shown. */
  private static SortedMap<String, Map<String, String>> grouped(
      Map<?, ?> properties, String start, List<LimiterConfigException> errors) {
    SortedMap<String, Map<String, String>> groups = new TreeMap<>();
    for (Map.Entry<?, ?> property : properties.entrySet()) {
      if (!(property.getKey() instanceof String written)) {
        if (start.isEmpty()) {
          errors.add(noOption(property.getKey() == null ? "null" : "that is no text", start));
        }
        continue;
      }
      String full = MessageText.trim(written);
      if (!full.startsWith(start)) {
        continue;
      }
      String key = full.substring(start.length());
      int dot = key.indexOf('.');
      if (dot < 0 || key.substring(0, dot).isBlank() || dot == key.length() - 1) {
        errors.add(noOption(MessageText.quoteName(written), start));
        continue;
      }
      String limit = key.substring(0, dot).strip();
      if (limit.contains("@") || limit.contains("://")) {
        errors.add(
            new LimiterConfigException(
                "the name of a limiter must not hold '@' or '://', was "
                    + MessageText.quoteName(limit)
                    + " in "
                    + MessageText.quoteName(full)));
        continue;
      }
      put(
          groups.computeIfAbsent(limit, each -> new TreeMap<>()),
          key.substring(dot + 1).strip(),
          property.getValue(),
          full,
          errors);
    }
    return groups;
  }

  @SuppressWarnings("unchecked") // a value that is no text is reported when its option is read
  private static void put(
      Map<String, String> group,
      String option,
      Object value,
      String full,
      List<LimiterConfigException> errors) {
    if (group.containsKey(option)) {
      errors.add(
          new LimiterConfigException(
              "property "
                  + MessageText.quoteName(full)
                  + " is given twice, once with white space or a byte order mark around its name"));
    }
    ((Map<String, Object>) (Map<?, ?>) group).put(option, value);
  }

  private static LimiterConfigException noOption(String property, String start) {
    return new LimiterConfigException(
        "property "
            + property
            + " is not "
            + start
            + "<limit>.type or "
            + start
            + "<limit>.<option>, for example "
            + start
            + "payments.rate");
  }

  /**
   * The names of the limits.
   *
   * @return the names, sorted
   */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(limits.keySet()));
  }

  /**
   * A limit, as a policy to run calls under.
   *
   * @param name its name
   * @return the limit
   * @throws LimiterConfigException if there is none of that name, or it is no policy (a limiter of
   *     many keys is not: its key is wanting)
   */
  public AsyncPolicy policy(String name) {
    return get(name, AsyncPolicy.class);
  }

  /**
   * A limit, as a limiter.
   *
   * @param name its name
   * @return the limit
   * @throws LimiterConfigException if there is none of that name, or it is not a limiter
   */
  public AsyncRateLimiter rateLimiter(String name) {
    return get(name, AsyncRateLimiter.class);
  }

  /**
   * A limit, as a limiter of many keys.
   *
   * @param name its name
   * @return the limit
   * @throws LimiterConfigException if there is none of that name, or it has no keys
   */
  @SuppressWarnings("unchecked") // the keys of a limiter made from text are text
  public KeyedRateLimiter<String> keyed(String name) {
    return get(name, KeyedRateLimiter.class);
  }

  private <P> P get(String name, Class<P> kind) {
    Object limit = limits.get(requireNonNull(name, "name"));
    if (limit == null) {
      throw new LimiterConfigException(
          "no limit is called "
              + MessageText.quoteName(name)
              + Nearest.endOfSentence(name, limits.keySet())
              + " Limits: "
              + (limits.isEmpty() ? "none" : String.join(", ", limits.keySet())));
    }
    if (!kind.isInstance(limit)) {
      Class<?> is =
          limit instanceof KeyedRateLimiter
              ? KeyedRateLimiter.class
              : limit instanceof AsyncRateLimiter ? AsyncRateLimiter.class : AsyncPolicy.class;
      throw LimiterFactory.wrongKind(name, name, is, kind);
    }
    return kind.cast(limit);
  }

  /** Closes every limit. Closing again does nothing. */
  @Override
  public void close() {
    closeAll(limits);
  }

  private static void closeAll(SortedMap<String, Object> limits) {
    limits.forEach(
        (name, limit) -> {
          if (limit instanceof AutoCloseable closeable) {
            close(name, closeable);
          }
        });
  }

  private static void close(String name, AutoCloseable limit) {
    try {
      limit.close();
    } catch (Exception e) { // ours never throw; a stranger's must not keep the others open
      System.getLogger("io.asynctools")
          .log(
              System.Logger.Level.WARNING,
              "limit " + MessageText.quoteName(name) + " threw when it was closed",
              e);
    }
  }

  /** All limits with their states, in one line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("LimiterSet[limits=").append(limits.size());
    limits.forEach((name, limit) -> text.append(", ").append(name(name)).append(text(limit)));
    return text.append(']').toString();
  }

  private static String name(String name) {
    return MessageText.escape(name, 64) + "=";
  }

  private static String text(Object limit) {
    try {
      return String.valueOf(limit);
    } catch (RuntimeException e) { // ours never throw
      return limit.getClass().getName();
    }
  }
}
