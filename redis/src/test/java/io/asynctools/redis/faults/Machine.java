package io.asynctools.redis.faults;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Java virtual machine of its own that runs {@link HammerMain}. */
final class Machine implements AutoCloseable {
  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;

  Machine(List<String> jvmOptions, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath(), HammerMain.class.getName()));
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out = process.inputReader();
    in = new PrintWriter(process.outputWriter(), true);
  }

  /** Where this test's classes and those it uses are, on the class path or the module path. */
  private static String classPath() {
    String name = HammerMain.class.getName().replace('.', '/') + ".class";
    String own = HammerMain.class.getClassLoader().getResource(name).toString();
    String folder = own.substring(0, own.length() - name.length());
    return Stream.of(
            Path.of(URI.create(folder)).toString(),
            System.getProperty("jdk.module.path"),
            System.getProperty("surefire.test.class.path"),
            System.getProperty("java.class.path"))
        .filter(path -> path != null && !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  void awaitReady() throws IOException {
    String line = out.readLine();
    if (!"ready".equals(line)) {
      throw new IOException("the machine said " + line);
    }
  }

  /** Hammers from then to then. */
  void go(long start, long end) {
    in.println(start);
    in.println(end);
  }

  /** What it got: for each permit, when it was asked for and when it came. */
  List<long[]> grants() throws IOException {
    List<long[]> grants = new ArrayList<>();
    for (String line = out.readLine(); !"end".equals(line); line = out.readLine()) {
      if (line == null || line.startsWith("error")) {
        throw new IOException("the machine said " + line);
      }
      int space = line.indexOf(' ');
      grants.add(
          new long[] {
            Long.parseLong(line.substring(0, space)), Long.parseLong(line.substring(space + 1))
          });
    }
    return grants;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
