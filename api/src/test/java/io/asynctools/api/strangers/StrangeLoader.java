package io.asynctools.api.strangers;

import io.asynctools.api.spi.LimiterProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * The class loader of somebody else's jars: it alone has the classes of this package, as if they
 * came from elsewhere, and what is in none of its jars it does not see.
 */
public final class StrangeLoader extends URLClassLoader {
  private static final String PACKAGE = StrangeLoader.class.getPackageName() + ".";

  private StrangeLoader(URL[] jars, ClassLoader parent) {
    super(jars, parent);
  }

  /** Of jars, with our classes above. */
  public static StrangeLoader of(Path... jars) {
    return under(StrangeLoader.class.getClassLoader(), jars);
  }

  public static StrangeLoader under(ClassLoader parent, Path... jars) {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      try {
        urls[i] = jars[i].toUri().toURL();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new StrangeLoader(urls, parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PACKAGE)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  /** A jar of providers, with the classes they need. */
  public static JarBuilder jar() {
    return new JarBuilder();
  }

  /** Puts a jar together. */
  public static final class JarBuilder {
    private final StringBuilder services = new StringBuilder();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    private JarBuilder() {
      with(StrangeLimiter.class);
      with(type("StrangeLimiter$Note"));
      with(type("StrangeProviders$Plain"));
      with(type("StrangeProviders$OfLimiters"));
    }

    /** Registers a provider and packs its class. */
    public JarBuilder provider(Class<?> type) {
      return with(type).line(type.getName());
    }

    /** Packs a class, and the anonymous one inside it. */
    public JarBuilder with(Class<?> type) {
      entries.put(fileOf(type), bytesOf(type));
      String anonymous = type.getName().substring(PACKAGE.length()) + "$1";
      if (type.getResource("/" + (PACKAGE + anonymous).replace('.', '/') + ".class") != null) {
        with(type(anonymous));
      }
      return this;
    }

    /** Registers a provider whose class was compiled for a Java that is still to come. */
    public JarBuilder providerOfTheFuture(Class<?> type) {
      byte[] bytes = bytesOf(type);
      bytes[7] = (byte) 200; // the major version of its class file
      entries.put(fileOf(type), bytes);
      return line(type.getName());
    }

    /** Adds a line to the services file. */
    public JarBuilder line(String line) {
      services.append(line).append('\n');
      return this;
    }

    public Path in(Path file) throws IOException {
      entries.put(
          "META-INF/services/" + LimiterProvider.class.getName(),
          services.toString().getBytes(StandardCharsets.UTF_8));
      try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file))) {
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
          jar.putNextEntry(new JarEntry(entry.getKey()));
          jar.write(entry.getValue());
        }
      }
      return file;
    }

    private static Class<?> type(String name) {
      try {
        return Class.forName(PACKAGE + name, false, StrangeLoader.class.getClassLoader());
      } catch (ClassNotFoundException e) {
        throw new AssertionError(e);
      }
    }

    private static String fileOf(Class<?> type) {
      return type.getName().replace('.', '/') + ".class";
    }

    private static byte[] bytesOf(Class<?> type) {
      try (InputStream in = type.getResourceAsStream("/" + fileOf(type))) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
