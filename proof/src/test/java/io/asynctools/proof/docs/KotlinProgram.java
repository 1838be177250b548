package io.asynctools.proof.docs;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;

/** A Kotlin code block with a {@code main}, compiled and run with the class path of the tests. */
final class KotlinProgram {
  private KotlinProgram() {}

  /** Compiles and runs the block, and returns the lines that it printed. */
  static List<String> run(CodeBlock block, Path folder) throws Exception {
    Path file = folder.resolve("Example.kt");
    Files.writeString(file, block.code());
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    ExitCode exit =
        new K2JVMCompiler()
            .exec(
                new PrintStream(messages, true, StandardCharsets.UTF_8),
                "-no-stdlib",
                "-jvm-target",
                "17",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                file.toString());
    if (exit != ExitCode.OK) {
      throw new AssertionError(
          block + " does not compile:\n" + messages.toString(StandardCharsets.UTF_8));
    }
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, KotlinProgram.class.getClassLoader())) {
      return Printed.by(() -> loader.loadClass("ExampleKt").getMethod("main").invoke(null));
    }
  }
}
