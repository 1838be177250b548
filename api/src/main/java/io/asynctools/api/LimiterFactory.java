package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a limiter from a name and options, and says in the user's words what is wrong with them.
 */
final class LimiterFactory {
  private static final String GROUP = ".*";
  private static final Pattern HYPHEN = Pattern.compile("-([a-z0-9])");

  private LimiterFactory() {}

  /** Makes what {@code name} stands for, if that is a {@code kind}. */
  static <P> P make(
      Providers providers,
      String name,
      Map<String, String> options,
      LimiterEnvironment environment,
      Class<P> kind) {
    requireNonNull(name, "name");
    requireNonNull(options, "options");
    requireNonNull(environment, "environment");
    LimiterProvider<?> provider = provider(providers, name, environment);
    String limiter = environment.name().orElse(name);
    if (!kind.isAssignableFrom(provider.type())) {
      throw wrongKind(limiter, name, provider.type(), kind);
    }
    LimiterConfig config = LimiterConfig.of(limiter, options, environment);
    checkNames(limiter, name, provider, options);
    checkValues(provider, config);
    Object product = create(limiter, provider, config);
    if (!kind.isInstance(product)) {
      throw new LimiterConfigException(
          "the provider of '"
              + name
              + "', "
              + provider.getClass().getName()
              + ", promises a "
              + provider.type().getName()
              + " but made "
              + (product == null ? "null" : "a " + product.getClass().getName()));
    }
    return kind.cast(product);
  }

  private static LimiterProvider<?> provider(
      Providers providers, String name, LimiterEnvironment environment) {
    try {
      return providers.named(name);
    } catch (LimiterConfigException e) {
      if (environment.name().isEmpty()) {
        throw e;
      }
      throw new LimiterConfigException(
          "limiter '" + environment.name().get() + "': " + e.getMessage());
    }
  }

  static LimiterConfigException wrongKind(
      String limiter, String name, Class<?> is, Class<?> wanted) {
    return new LimiterConfigException(
        "limiter '"
            + limiter
            + "': '"
            + name
            + "' is of type "
            + is.getSimpleName()
            + ", not "
            + wanted.getSimpleName()
            + "; get it with "
            + (KeyedRateLimiter.class.isAssignableFrom(is)
                ? "keyed(…)"
                : AsyncRateLimiter.class.isAssignableFrom(is) ? "rateLimiter(…)" : "policy(…)"));
  }

  private static Object create(String limiter, LimiterProvider<?> provider, LimiterConfig config) {
    try {
      return provider.create(config);
    } catch (LimiterConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new LimiterConfigException(
          "limiter '"
              + limiter
              + "': "
              + inKebabCase(e.getMessage() == null ? e.toString() : e.getMessage(), provider),
          e);
    } catch (LinkageError e) {
      throw new LimiterConfigException(
          "limiter '" + limiter + "': " + provider.getClass().getName() + " cannot be used: " + e,
          e);
    }
  }

  /**
   * A builder names its options as Java does; whoever wrote a configuration knows them otherwise.
   */
  private static String inKebabCase(String message, LimiterProvider<?> provider) {
    String result = message;
    for (ConfigOption<?> option : provider.options()) {
      String java =
          HYPHEN
              .matcher(option.name())
              .replaceAll(hyphen -> hyphen.group(1).toUpperCase(Locale.ROOT));
      result =
          Pattern.compile("\\b" + Pattern.quote(java) + "\\b")
              .matcher(result)
              .replaceAll(Matcher.quoteReplacement(option.name()));
    }
    return result;
  }

  /** Reads every option once, so that none goes unchecked where a provider does not ask for it. */
  private static void checkValues(LimiterProvider<?> provider, LimiterConfig config) {
    for (ConfigOption<?> option : provider.options()) {
      if (!option.name().endsWith(GROUP)) {
        Object unused = config.get(option);
      }
    }
  }

  private static void checkNames(
      String limiter, String name, LimiterProvider<?> provider, Map<String, String> options) {
    SortedSet<String> known = new TreeSet<>();
    for (ConfigOption<?> option : provider.options()) {
      known.add(option.name());
    }
    for (String option : options.keySet()) {
      if (!known.contains(option) && !isInGroup(option, known)) {
        throw new LimiterConfigException(
            "limiter '"
                + limiter
                + "': unknown option '"
                + option
                + "' (= '"
                + options.get(option)
                + "')"
                + Nearest.endOfSentence(option, known)
                + " Options of "
                + name
                + ": "
                + String.join(", ", known));
      }
    }
  }

  private static boolean isInGroup(String option, SortedSet<String> known) {
    int dot = option.indexOf('.');
    return dot > 0 && known.contains(option.substring(0, dot) + GROUP);
  }
}
