package io.asynctools.proof;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files of this repository, wherever the tests are run from. */
public final class Repository {
  private static final Path ROOT = findRoot();

  private Repository() {}

  /** The folder that holds {@code run.sh}. */
  public static Path root() {
    return ROOT;
  }

  /** What a file says, with the line ends of Unix. */
  public static String text(Path file) {
    try {
      return Files.readString(file, UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The Java files below some folders of each module, such as {@code src/test/java}, in order. */
  public static List<Path> javaFiles(String... foldersOfModules) {
    return modules().stream()
        .flatMap(module -> Stream.of(foldersOfModules).map(module::resolve))
        .filter(Files::isDirectory)
        .flatMap(folder -> javaFilesBelow(folder).stream())
        .toList();
  }

  /** The Java files below a folder, in order. */
  public static List<Path> javaFilesBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file's path as it stands in links: from the root, with slashes. */
  public static String fromRoot(Path file) {
    return ROOT.relativize(file.toAbsolutePath()).toString().replace('\\', '/');
  }

  private static List<Path> modules() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path findRoot() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("run.sh"))
          && Files.exists(folder.resolve("docs/semantics.md"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no run.sh with docs/semantics.md above " + start);
  }
}
