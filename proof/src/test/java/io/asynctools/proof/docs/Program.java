package io.asynctools.proof.docs;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A code block, compiled and run with the class path of the tests. */
final class Program {
  private static final Pattern TYPE =
      Pattern.compile("^(?:public )?(?:final )?class (\\w+)", Pattern.MULTILINE);
  private static final String IMPORTS =
      """
      import io.asynctools.api.*;
      import io.asynctools.circuitbreaker.*;
      import io.asynctools.perkey.*;
      import io.asynctools.retry.*;
      import io.asynctools.semaphore.*;
      import io.asynctools.testkit.*;
      import io.asynctools.tokenbucket.*;
      import java.io.*;
      import java.net.*;
      import java.net.http.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.concurrent.atomic.*;
      import java.util.function.*;
      import java.util.stream.*;
      """;

  private final CodeBlock block;
  private final Path folder;

  Program(CodeBlock block, Path folder) {
    this.block = block;
    this.folder = folder;
  }

  /** Compiles and runs the block, and returns the lines that it printed. */
  List<String> run() throws Exception {
    Matcher type = TYPE.matcher(block.code());
    boolean whole = type.find();
    String name = whole ? type.group(1) : "Example";
    compile(name, whole ? block.code() : wrapped());
    try (URLClassLoader loader =
            new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        Given given = new Given()) {
      Class<?> program = loader.loadClass(name);
      return Printed.by(
          () ->
              whole
                  ? program.getMethod("main", String[].class).invoke(null, (Object) new String[0])
                  : program.getMethod("run", Given.class).invoke(null, given));
    }
  }

  private String wrapped() {
    StringBuilder imports = new StringBuilder(IMPORTS);
    StringBuilder body = new StringBuilder();
    block
        .code()
        .lines()
        .forEach(line -> (line.startsWith("import ") ? imports : body).append(line).append('\n'));
    return imports
        + """
        public class Example {
          public static void run(io.asynctools.proof.docs.Given service) throws Exception {
            HttpClient http = service.http;
            HttpRequest request = service.request;
        """
        + block.given()
        + "\n"
        + body
        + "  }\n}\n";
  }

  private void compile(String name, String source) throws IOException {
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, source);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      folder.toString()),
                  null,
                  files.getJavaFileObjects(file))
              .call();
      if (!compiled) {
        throw new AssertionError(block + " does not compile:\n" + messages);
      }
    }
  }
}
