package io.asynctools.api;

import io.asynctools.api.spi.LimiterProvider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which providers cannot be linked: compiled for a later Java, or their superclass
 * missing. {@code ServiceLoader} passes that error on without saying in whose name, and {@code
 * NoClassDefFoundError} names only what is missing.
 */
final class UnlinkableProviders {
  private static final String SERVICES = "META-INF/services/" + LimiterProvider.class.getName();

  private UnlinkableProviders() {}

  /** The providers that a loader cannot link, by name; if none is found, only what was thrown. */
  static SortedSet<String> seenBy(@Nullable ClassLoader loader, LinkageError thrown) {
    ClassLoader looking = loader == null ? ClassLoader.getSystemClassLoader() : loader;
    SortedSet<String> found = new TreeSet<>();
    try {
      for (URL file : Collections.list(looking.getResources(SERVICES))) {
        read(file).lines().forEach(line -> tryToLink(line, looking, found));
      }
    } catch (IOException | RuntimeException e) {
      found.add("the files " + SERVICES + " could not be read: " + e);
    }
    if (found.isEmpty()) {
      found.add("a provider in " + SERVICES + " threw " + thrown);
    }
    return found;
  }

  private static String read(URL file) throws IOException {
    URLConnection connection = file.openConnection();
    connection.setUseCaches(false); // a cached jar would stay open
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void tryToLink(String line, ClassLoader loader, SortedSet<String> found) {
    String name = line.replaceFirst("#.*", "").strip();
    try {
      Constructor<?> unused = Class.forName(name, false, loader).getConstructor();
    } catch (LinkageError e) {
      found.add(name + ": " + e);
    } catch (ReflectiveOperationException e) {
      // Not there, or without a constructor: ServiceLoader says so itself, with the name.
    }
  }
}
