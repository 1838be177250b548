package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The jars as they are published; where they are, the build says in system properties. */
final class Jars {
  static final Path API = named("jar.api");
  static final Path TOKEN_BUCKET = named("jar.token-bucket");

  /** The annotations: on a user's compile path, by way of the API, and on no run-time path. */
  static final Path JSPECIFY = named("jar.jspecify");

  private Jars() {}

  private static Path named(String property) {
    String jar = System.getProperty(property);
    assertThat(jar).as("%s: run this test with the build, after packaging", property).isNotNull();
    assertThat(Path.of(jar)).as(property).isRegularFile();
    return Path.of(jar);
  }

  /** Several as one argument of a command. */
  static String path(Path... jarsAndFolders) {
    return Arrays.stream(jarsAndFolders)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
