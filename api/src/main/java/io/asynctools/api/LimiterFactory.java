package io.asynctools.api;

import static java.util.Objects.requireNonNull;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
    check(name, provider, config, "");
    return product(name, provider, made(config, "", provider, () -> provider.create(config)), kind);
  }

  /**
   * Prepares the limiter that one option of another limiter names, and the group of that option
   * configures.
   */
  static <P> Supplier<P> nested(
      Providers providers, LimiterConfig config, ConfigOption<String> which, Class<P> kind) {
    String name = config.get(which).strip();
    LimiterProvider<?> provider;
    try {
      provider = providers.named(name);
    } catch (LimiterConfigException e) {
      throw wrong(config, "option '" + config.path() + which.name() + "': " + e.getMessage(), null);
    }
    if (!kind.isAssignableFrom(provider.type())) {
      throw wrong(
          config,
          "option '"
              + config.path()
              + which.name()
              + "': '"
              + name
              + "' is of type "
              + provider.type().getSimpleName()
              + ", not "
              + kind.getSimpleName(),
          null);
    }
    LimiterConfig group = config.nested(which.name());
    String path = group.path();
    check(name, provider, group, path);
    Supplier<?> maker = made(group, path, provider, () -> provider.prepare(group));
    Supplier<P> made = () -> product(name, provider, made(group, path, provider, maker::get), kind);
    tryOut(made);
    return made;
  }

  /** A provider may look at its options no sooner than it makes something. */
  private static void tryOut(Supplier<?> made) {
    if (made.get() instanceof AutoCloseable trial) {
      try {
        trial.close();
      } catch (Exception e) { // ours never throw
        System.getLogger("io.asynctools")
            .log(System.Logger.Level.WARNING, "a limiter threw at close(): " + trial, e);
      }
    }
  }

  private static void check(
      String name, LimiterProvider<?> provider, LimiterConfig config, String path) {
    checkNames(name, provider, config, path);
    checkValues(provider, config);
  }

  private static <P> P product(
      String name, LimiterProvider<?> provider, Object product, Class<P> kind) {
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

  private static LimiterConfigException wrong(
      LimiterConfig config, String what, @Nullable Throwable cause) {
    return new LimiterConfigException("limiter '" + config.limiter() + "': " + what, cause);
  }

  /** What a provider makes, or what is wrong with what it was given, in the user's words. */
  private static <M> M made(
      LimiterConfig config, String path, LimiterProvider<?> provider, Supplier<M> maker) {
    try {
      return maker.get();
    } catch (LimiterConfigException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      throw wrong(config, inKebabCase(message, provider, path), e);
    } catch (LinkageError e) {
      throw wrong(config, provider.getClass().getName() + " cannot be used: " + e, e);
    }
  }

  /**
   * A builder names its options as Java does; whoever wrote a configuration knows them otherwise.
   */
  private static String inKebabCase(String message, LimiterProvider<?> provider, String path) {
    String result = message;
    for (ConfigOption<?> option : provider.options()) {
      String java =
          HYPHEN
              .matcher(option.name())
              .replaceAll(hyphen -> hyphen.group(1).toUpperCase(Locale.ROOT));
      result =
          Pattern.compile("(?<![\\w.-])" + Pattern.quote(java) + "(?![\\w-])")
              .matcher(result)
              .replaceAll(Matcher.quoteReplacement(path + option.name()));
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
      String name, LimiterProvider<?> provider, LimiterConfig config, String path) {
    SortedSet<String> known = new TreeSet<>();
    for (ConfigOption<?> option : provider.options()) {
      known.add(option.name());
    }
    for (String option : config.names()) {
      if (!known.contains(option) && !isInGroup(option, known)) {
        SortedSet<String> paths = new TreeSet<>();
        known.forEach(each -> paths.add(path + each));
        throw wrong(
            config,
            "unknown option '"
                + path
                + option
                + "' (= '"
                + config.text(option)
                + "')"
                + Nearest.endOfSentence(path + option, paths)
                + " Options of "
                + name
                + ": "
                + String.join(", ", paths),
            null);
      }
    }
  }

  private static boolean isInGroup(String option, SortedSet<String> known) {
    int dot = option.indexOf('.');
    return dot > 0 && known.contains(option.substring(0, dot) + GROUP);
  }
}
