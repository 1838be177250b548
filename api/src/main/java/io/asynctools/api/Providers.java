package io.asynctools.api;

import io.asynctools.api.spi.LimiterProvider;
import io.asynctools.api.spi.MessageText;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The strategies present at run time, found anew each time: nothing is remembered, so that no class
 * loader is kept alive. Looks with this class's own loader first, then with the context class
 * loader.
 */
final class Providers {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final int MOST_BROKEN = 1_000; // an iterator that never gets past its error
  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "token-bucket", "async-tools-token-bucket",
          "semaphore", "async-tools-semaphore",
          "per-key", "async-tools-per-key",
          "circuit-breaker", "async-tools-circuit-breaker",
          "retry", "async-tools-retry",
          "redis-token-bucket", "async-tools-redis");

  private final SortedMap<String, List<LimiterProvider<?>>> byName = new TreeMap<>();
  private final Set<String> classes = new HashSet<>(); // one class seen through two loaders is one
  private final SortedSet<String> broken = new TreeSet<>();

  private Providers() {}

  static Providers discover() {
    Providers found = new Providers();
    ClassLoader own = LimiterProvider.class.getClassLoader();
    found.look(own);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null && context != own) {
      found.look(context);
    }
    return found;
  }

  @SuppressWarnings(
      "rawtypes") // a service is looked up by its class, which carries no type argument
  private void look(@Nullable ClassLoader loader) {
    Iterator<LimiterProvider> providers =
        ServiceLoader.load(LimiterProvider.class, loader).iterator();
    for (int failures = 0; failures < MOST_BROKEN; ) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        add(providers.next());
      } catch (ServiceConfigurationError e) {
        failures++;
        broken.add(describe(e));
      } catch (LinkageError e) { // thrown as it is, without a word of whose it was
        failures++;
        broken.addAll(UnlinkableProviders.seenBy(loader, e));
      } catch (RuntimeException e) { // a loader that is closed, or broken itself
        failures++;
        broken.add("what " + loader + " sees: it threw " + e);
      }
    }
  }

  private void add(LimiterProvider<?> provider) {
    String type = provider.getClass().getName();
    if (!classes.add(type)) {
      return;
    }
    String name;
    try {
      name = provider.name();
    } catch (RuntimeException | Error e) {
      broken.add(type + ": name() threw " + e);
      return;
    }
    if (name == null || !NAME.matcher(name).matches()) {
      broken.add(
          type
              + ": its name "
              + MessageText.quote(String.valueOf(name))
              + " is not lower-case words joined by hyphens");
      return;
    }
    byName.computeIfAbsent(name, n -> new ArrayList<>()).add(provider);
  }

  SortedSet<String> names() {
    return new TreeSet<>(byName.keySet());
  }

  /** The provider of a name, or an error that says what there is and what to add. */
  LimiterProvider<?> named(String name) {
    List<LimiterProvider<?>> found = byName.get(name);
    if (found == null) {
      throw new LimiterConfigException(unknown(name));
    }
    if (found.size() > 1) {
      throw new LimiterConfigException(
          "two providers call themselves '"
              + name
              + "': "
              + found.stream().map(Providers::whereFrom).collect(Collectors.joining(" and "))
              + "; remove one of them from the class path or module path");
    }
    return found.get(0);
  }

  private String unknown(String name) {
    StringBuilder message = new StringBuilder("no limiter is called " + MessageText.quote(name));
    String artifact = ARTIFACTS.get(name);
    if (artifact == null) {
      SortedSet<String> known = names();
      known.addAll(ARTIFACTS.keySet());
      message.append(Nearest.endOfSentence(name, known));
    } else {
      message.append(": add io.asynctools:").append(artifact).append(" to the run-time path.");
    }
    message.append(" Present: ").append(byName.isEmpty() ? "none" : String.join(", ", names()));
    if (artifact == null && byName.isEmpty()) {
      message.append("; add the artifact of a strategy, for example async-tools-token-bucket");
    }
    if (!broken.isEmpty()) {
      message.append("; could not be loaded: ").append(String.join("; ", broken));
    }
    return message.toString();
  }

  private static String describe(Throwable error) {
    Throwable cause = error.getCause();
    return error.getMessage() + (cause == null ? "" : " (" + cause + ")");
  }

  private static String whereFrom(LimiterProvider<?> provider) {
    Class<?> type = provider.getClass();
    CodeSource source = type.getProtectionDomain().getCodeSource();
    Object place = source == null ? type.getModule() : source.getLocation();
    return type.getName() + " (" + place + ")";
  }
}
