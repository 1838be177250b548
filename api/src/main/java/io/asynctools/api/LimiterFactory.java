package io.asynctools.api;

import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.MessageText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
  private static final System.Logger LOG = System.getLogger("io.asynctools");
  private static final ConfigOption<Boolean> ENABLED =
      ConfigOption.of(
          "enabled", Boolean.class, true, "whether the limit is in force; false grants everything");
  private static final Pattern HYPHEN = Pattern.compile("-([a-z0-9])");

  private LimiterFactory() {}

  /** Makes what {@code name} stands for, if that is a {@code kind}. */
  static <P> P make(Providers providers, String name, LimiterConfig config, Class<P> kind) {
    LimiterProvider<?> provider;
    try {
      provider = providers.named(name);
    } catch (LimiterConfigException e) {
      throw config.environment().name().isEmpty()
          ? e
          : wrong(config, String.valueOf(e.getMessage()), null);
    }
    if (!kind.isAssignableFrom(provider.type())) {
      throw wrongKind(config.limiter(), name, provider.type(), kind);
    }
    check(providers, provider, config);
    Supplier<P> maker =
        () -> product(provider, made(config, provider, () -> provider.create(config)), kind);
    return isEnabled(config) ? maker.get() : disabled(provider, config, maker, kind).get();
  }

  /**
   * Prepares the limiter that one option of another limiter names, and the group of that option
   * configures.
   */
  static <P> Supplier<P> nested(
      Providers providers, LimiterConfig config, ConfigOption<String> which, Class<P> kind) {
    String name = config.get(which);
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
    check(providers, provider, group);
    Supplier<?> maker = made(group, provider, () -> provider.prepare(group));
    Supplier<P> made = () -> product(provider, made(group, provider, maker::get), kind);
    if (!isEnabled(group)) {
      return disabled(provider, group, made, kind);
    }
    tryOut(made);
    return made;
  }

  /** A provider may look at its options no sooner than it makes something. */
  private static void tryOut(Supplier<?> made) {
    if (made.get() instanceof AutoCloseable trial) {
      try {
        trial.close();
      } catch (Exception e) { // ours never throw
        LOG.log(
            System.Logger.Level.WARNING,
            "a limiter threw at close(): " + trial.getClass().getName(),
            e);
      }
    }
  }

  /** Checks the options as if the limit were in force, and makes what grants everything. */
  private static <P> Supplier<P> disabled(
      LimiterProvider<?> provider, LimiterConfig config, Supplier<P> maker, Class<P> kind) {
    tryOut(maker);
    String type = provider.name();
    LimiterEnvironment environment = config.environment().withName(config.limiter());
    LOG.log(
        System.Logger.Level.INFO,
        "limiter "
            + MessageText.quoteName(config.limiter())
            + ": '"
            + config.path()
            + ENABLED.name()
            + "' is false, so its "
            + type
            + " grants everything");
    return () ->
        kind.cast(
            KeyedRateLimiter.class.isAssignableFrom(provider.type())
                ? new DisabledKeyedLimiter(environment, type)
                : AsyncRateLimiter.class.isAssignableFrom(provider.type())
                    ? new DisabledLimiter(environment, type, false)
                    : new DisabledPolicy(config.limiter(), type));
  }

  private static boolean isEnabled(LimiterConfig config) {
    return config.get(ENABLED);
  }

  private static <P> P product(LimiterProvider<?> provider, Object product, Class<P> kind) {
    if (!kind.isInstance(product)) {
      throw new LimiterConfigException(
          "the provider of '"
              + provider.name()
              + "', "
              + provider.getClass().getName()
              + ", promises a "
              + provider.type().getName()
              + " but made "
              + (product == null ? "null" : "a " + product.getClass().getName()));
    }
    return kind.cast(product);
  }

  static LimiterConfigException wrongKind(
      String limiter, String name, Class<?> is, Class<?> wanted) {
    return new LimiterConfigException(
        "limiter "
            + MessageText.quoteName(limiter)
            + ": "
            + MessageText.quoteName(name)
            + " is of type "
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
    return new LimiterConfigException(
        "limiter " + MessageText.quoteName(config.limiter()) + ": " + what, cause);
  }

  /** What a provider makes, or what is wrong with what it was given, in the user's words. */
  private static <M> M made(LimiterConfig config, LimiterProvider<?> provider, Supplier<M> maker) {
    try {
      return maker.get();
    } catch (RuntimeException | LinkageError e) {
      Secrets secrets = Secrets.of(config, provider);
      boolean secret = secrets.areShownBy(e);
      Throwable cause = secret ? null : e; // its stack trace would show what its message hides
      if (e instanceof LimiterConfigException) {
        if (secret) {
          throw new LimiterConfigException(secrets.masked(String.valueOf(e.getMessage())));
        }
        throw e;
      } else if (e instanceof IllegalArgumentException) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        throw wrong(config, inKebabCase(secrets.masked(message), provider, config.path()), cause);
      } else if (e instanceof LinkageError || secret) {
        throw wrong(
            config,
            provider.getClass().getName() + " cannot be used: " + secrets.masked(e.toString()),
            cause);
      }
      throw e;
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

  /** Finds all that can be found wrong without making anything. */
  private static void check(
      Providers providers, LimiterProvider<?> provider, LimiterConfig config) {
    List<LimiterConfigException> errors = new ArrayList<>();
    collect(provider, config, errors);
    if (!errors.isEmpty()) { // or else the provider reads the groups itself
      collectGroups(providers, provider, config, errors);
      throw LimiterConfigException.of(errors);
    }
  }

  private static void collect(
      LimiterProvider<?> provider, LimiterConfig config, List<LimiterConfigException> errors) {
    SortedSet<String> known = new TreeSet<>();
    for (ConfigOption<?> option : provider.options()) {
      known.add(option.name());
    }
    if (!known.add(ENABLED.name())) {
      errors.add(
          wrong(
              config,
              "the option '"
                  + ENABLED.name()
                  + "' is reserved for switching a limit off, but declared by "
                  + provider.getClass().getName()
                  + " too",
              null));
      return;
    }
    for (String option : config.names()) {
      if (!known.contains(option) && !isInGroup(option, known)) {
        errors.add(unknown(option, provider, config, known));
      }
    }
    List<ConfigOption<?>> all = new ArrayList<>(provider.options());
    all.add(ENABLED);
    for (ConfigOption<?> option : all) {
      try { // each is read, so that none goes unchecked where a provider does not ask for it
        if (option.name().endsWith(GROUP)) {
          checkHead(option, all, config);
        } else {
          Object unused = config.get(option);
        }
      } catch (LimiterConfigException e) {
        errors.add(e);
      }
    }
  }

  private static LimiterConfigException unknown(
      String option, LimiterProvider<?> provider, LimiterConfig config, SortedSet<String> known) {
    SortedSet<String> paths = new TreeSet<>();
    known.forEach(each -> paths.add(config.path() + each));
    return wrong(
        config,
        "unknown option "
            + MessageText.quoteName(config.path() + option)
            + Nearest.endOfSentence(config.path(), option, known)
            + " Options of "
            + provider.name()
            + ": "
            + String.join(", ", paths),
        null);
  }

  /** The options of a group do nothing if the option that says whose they are is not given. */
  private static void checkHead(
      ConfigOption<?> group, List<ConfigOption<?>> all, LimiterConfig config) {
    String head = headOf(group);
    Optional<String> given =
        config.names().stream().filter(name -> name.startsWith(head + ".")).findFirst();
    boolean optional =
        all.stream()
            .anyMatch(
                option ->
                    option.name().equals(head)
                        && !option.isRequired()
                        && option.defaultValue() == null);
    if (given.isPresent() && optional && !config.names().contains(head)) {
      throw wrong(
          config,
          "option "
              + MessageText.quoteName(config.path() + given.get())
              + " has no effect without '"
              + config.path()
              + head
              + "'; give both, or remove it",
          null);
    }
  }

  private static String headOf(ConfigOption<?> group) {
    return group.name().substring(0, group.name().length() - GROUP.length());
  }

  /** The errors in the options of limiters within, which would else be found one limiter later. */
  private static void collectGroups(
      Providers providers,
      LimiterProvider<?> provider,
      LimiterConfig config,
      List<LimiterConfigException> errors) {
    for (ConfigOption<?> option : provider.options()) {
      if (option.name().endsWith(GROUP)) {
        String name = config.text(headOf(option));
        if (name != null) {
          try {
            check(
                providers, providers.named(MessageText.trim(name)), config.nested(headOf(option)));
          } catch (LimiterConfigException e) {
            errors.add(
                providers.names().contains(MessageText.trim(name))
                    ? e
                    : wrong(
                        config,
                        "option '" + config.path() + headOf(option) + "': " + e.getMessage(),
                        null));
          }
        }
      }
    }
  }

  private static boolean isInGroup(String option, SortedSet<String> known) {
    int dot = option.indexOf('.');
    return dot > 0 && known.contains(option.substring(0, dot) + GROUP);
  }
}
