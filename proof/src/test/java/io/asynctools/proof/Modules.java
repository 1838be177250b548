package io.asynctools.proof;

import static java.util.stream.Collectors.toCollection;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Our published modules, found on the class path, as folders or as jars. One joins by becoming a
 * dependency of this module.
 */
public final class Modules {
  private static final List<ModuleReference> FOUND = find();

  private Modules() {}

  /** All of them, by name. */
  public static List<ModuleReference> all() {
    return FOUND;
  }

  /** The module of that name. */
  public static ModuleReference named(String name) {
    return FOUND.stream()
        .filter(module -> module.descriptor().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no module " + name + " in " + FOUND));
  }

  /**
   * The classes of a module, those of some package or of all, without running any code of theirs.
   */
  public static List<Class<?>> classes(ModuleReference module) {
    try (ModuleReader reader = module.open()) {
      List<Class<?>> classes = new ArrayList<>();
      for (String resource : reader.list().sorted().toList()) {
        if (resource.endsWith(".class") && !resource.endsWith("-info.class")) {
          String name = resource.substring(0, resource.length() - 6).replace('/', '.');
          classes.add(Class.forName(name, false, Modules.class.getClassLoader()));
        }
      }
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The packages that a module exports to everybody. */
  public static Set<String> exported(ModuleReference module) {
    return module.descriptor().exports().stream()
        .filter(export -> !export.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(toCollection(TreeSet::new));
  }

  /** The artifacts of the BOM. */
  public static Set<String> artifactsOfTheBom() {
    Matcher artifact =
        Pattern.compile("<artifactId>async-tools-([a-z-]+)</artifactId>")
            .matcher(Repository.text(Repository.root().resolve("bom/pom.xml")));
    Set<String> artifacts = new TreeSet<>();
    while (artifact.find()) {
      artifacts.add(artifact.group(1));
    }
    artifacts.remove("bom");
    return artifacts;
  }

  private static List<ModuleReference> find() {
    List<ModuleReference> found = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.exists(path.resolve("module-info.class"))
          || path.getFileName().toString().matches("async-tools-.*\\.jar")) {
        found.addAll(ModuleFinder.of(path).findAll());
      }
    }
    found.removeIf(module -> !module.descriptor().name().startsWith("io.asynctools."));
    found.sort(Comparator.comparing(module -> module.descriptor().name()));
    return List.copyOf(found);
  }
}
