package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;

/** A program of somebody else's: compiled against what its author sees, run in a JVM of its own. */
final class UserProgram {
  private final Path folder;
  private final List<String> sources = new ArrayList<>();

  /** A program to be put together in a folder of its own. */
  UserProgram(Path folder) {
    this.folder = folder;
  }

  /** Adds a source file. */
  UserProgram source(String file, String text) throws IOException {
    Path source = folder.resolve("src").resolve(file);
    Files.createDirectories(source.getParent());
    sources.add(Files.writeString(source, text).toString());
    return this;
  }

  /** Compiles what was added, without a warning, and gives the folder of the classes. */
  Path compile(String... options) {
    Path classes = folder.resolve("classes");
    List<String> arguments = new ArrayList<>(List.of("-Xlint:all", "-Werror", "--release", "17"));
    arguments.addAll(List.of("-d", classes.toString()));
    arguments.addAll(List.of(options));
    arguments.addAll(sources);
    StringWriter said = new StringWriter();
    PrintWriter out = new PrintWriter(said, true);
    int exit =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(out, out, arguments.toArray(new String[0]));
    assertThat(exit).as("javac %s%n%s", arguments, said).isZero();
    return classes;
  }

  /** Runs {@code java} with these arguments to its end. */
  Outcome run(String... arguments) throws Exception {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("ends: %s", command).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** How a run ended, and what it wrote. */
  record Outcome(int exit, String out, String err) {

    /** What it wrote, once it is known that it ended well and complained of nothing. */
    String output() {
      assertThat(err).isEmpty();
      assertThat(exit).isZero();
      return out.strip();
    }

    /** What it complained of, once it is known that it ended badly. */
    String complaint() {
      assertThat(exit).as("exit code, having written%n%s", out).isNotZero();
      return err;
    }
  }
}
