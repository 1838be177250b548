package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The limits of an application, by name. Each was made once, when the set was loaded: asking for a
 * name again gives the same limit. Thread-safe.
 */
public final class LimiterSet implements AutoCloseable {
  private static final String TYPE = "type";

  private final SortedMap<String, Object> limits;

  private LimiterSet(SortedMap<String, Object> limits) {
    this.limits = limits;
  }

  static LimiterSet load(Map<String, String> properties, LimiterEnvironment environment) {
    requireNonNull(environment, "environment");
    SortedMap<String, Map<String, String>> groups = grouped(properties);
    Providers providers = Providers.discover();
    SortedMap<String, Object> limits = new TreeMap<>();
    try {
      groups.forEach(
          (limit, options) -> {
            String type = options.remove(TYPE);
            if (type == null) {
              throw new LimiterConfigException(
                  "limiter '"
                      + limit
                      + "': '"
                      + limit
                      + ".type' is missing, so '"
                      + limit
                      + "."
                      + options.keySet().iterator().next()
                      + "' belongs to nothing; present types: "
                      + String.join(", ", providers.names()));
            }
            limits.put(
                limit,
                LimiterFactory.make(
                    providers, type.strip(), options, environment.withName(limit), Object.class));
          });
    } catch (Throwable e) {
      closeAll(limits);
      throw e;
    }
    return new LimiterSet(limits);
  }

  private static SortedMap<String, Map<String, String>> grouped(Map<String, String> properties) {
    SortedMap<String, Map<String, String>> groups = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          int dot = key.indexOf('.');
          if (dot < 0 || key.substring(0, dot).isBlank() || dot == key.length() - 1) {
            throw new LimiterConfigException(
                "property '"
                    + key
                    + "' (= '"
                    + value
                    + "') is not <limit>.type or <limit>.<option>, for example payments.rate");
          }
          groups
              .computeIfAbsent(key.substring(0, dot), limit -> new TreeMap<>())
              .put(key.substring(dot + 1), value);
        });
    return groups;
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
          "no limit is called '"
              + name
              + "'"
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
          .log(System.Logger.Level.WARNING, "limit '" + name + "' threw when it was closed", e);
    }
  }
}
