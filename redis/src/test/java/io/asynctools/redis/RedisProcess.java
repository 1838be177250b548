package io.asynctools.redis;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import redis.embedded.core.ExecutableProvider;

/**
 * A server of its own process, on a free port of the loopback interface, which keeps nothing on
 * disk but its own directory. It can be killed, and made to hang.
 */
final class RedisProcess implements AutoCloseable {
  private static final Map<Process, Path> RUNNING = new ConcurrentHashMap<>();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> RUNNING.keySet().forEach(Process::destroyForcibly)));
  }

  final int port;
  final Path directory;
  private final Process process;

  private RedisProcess(int port, Path directory, Process process) {
    this.port = port;
    this.directory = directory;
    this.process = process;
  }

  /** The server that embedded-redis brings. */
  static String embedded() throws IOException {
    File server = ExecutableProvider.newJarResourceProvider().get();
    return server.getPath();
  }

  /** A program that the machine has, or the test is skipped with a message. */
  static String installed(String... names) {
    for (String name : names) {
      for (String directory : System.getenv("PATH").split(File.pathSeparator)) {
        File file = new File(directory, name);
        if (file.canExecute()) {
          return file.getPath();
        }
      }
    }
    Assumptions.abort(String.join(" or ", names) + " is not installed");
    throw new AssertionError();
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      int port = socket.getLocalPort();
      return port < 55_000 ? port : port - 20_000; // a Cluster's bus is at 10 000 more
    }
  }

  /** Starts one with such settings; returns when it answers. */
  static RedisProcess start(String program, String... settings) throws Exception {
    return start(program, freePort(), settings);
  }

  static RedisProcess start(String program, int port, String... settings) throws Exception {
    Path directory = Files.createTempDirectory("redis-test");
    Path file = directory.resolve("redis.conf"); // Sentinel wants one that it may change
    List<String> lines = new ArrayList<>();
    lines.add("port " + port);
    lines.add("bind 127.0.0.1");
    lines.add("dir " + directory);
    if (Stream.of(settings).noneMatch(line -> line.startsWith("sentinel"))) {
      lines.add("save \"\"");
    }
    lines.addAll(List.of(settings));
    Files.write(file, lines);
    List<String> command = new ArrayList<>(List.of(program, file.toString()));
    if (lines.stream().anyMatch(line -> line.startsWith("sentinel"))) {
      command.add("--sentinel");
    }
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(Redirect.to(directory.resolve("log").toFile()))
            .redirectErrorStream(true)
            .start();
    RUNNING.put(process, directory);
    RedisProcess redis = new RedisProcess(port, directory, process);
    long start = System.nanoTime();
    while (!redis.answers()) {
      if (!process.isAlive() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
        String log = Files.readString(directory.resolve("log"));
        redis.close();
        throw new IOException(program + " did not start on port " + port + ":\n" + log);
      }
      Thread.sleep(20);
    }
    return redis;
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** Runs one command, words separated by blanks, and gives the first 64 kB of the answer. */
  String command(String words) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(5_000);
      socket.connect(new InetSocketAddress("127.0.0.1", port), 5_000);
      OutputStream out = socket.getOutputStream();
      out.write((words + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[65_536];
      int length = in.read(buffer);
      while (length > 0 && in.available() > 0 && length < buffer.length) {
        length += in.read(buffer, length, buffer.length - length);
      }
      return new String(buffer, 0, Math.max(length, 0), StandardCharsets.UTF_8);
    }
  }

  /** How many clients of the limiter's are connected: all but the one that asks. */
  long connections() throws IOException {
    return command("CLIENT LIST").lines().filter(line -> line.contains("addr=")).count() - 1;
  }

  /** It keeps its connections, and answers nothing. */
  void hang() throws Exception {
    signal("STOP");
  }

  void wake() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
  }

  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    RUNNING.remove(process);
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      // a temporary directory stays
    }
  }

  /** Masters of a Cluster that has no replicas, and serves the slots it has. */
  static List<RedisProcess> cluster(String program, int masters) throws Exception {
    List<RedisProcess> nodes = new ArrayList<>();
    try {
      for (int i = 0; i < masters; i++) {
        nodes.add(
            start(
                program,
                "cluster-enabled yes",
                "cluster-node-timeout 2000",
                "cluster-require-full-coverage no"));
      }
      for (int i = 0; i < masters; i++) {
        int first = 16_384 * i / masters;
        int last = 16_384 * (i + 1) / masters;
        StringBuilder slots = new StringBuilder("CLUSTER ADDSLOTS");
        for (int slot = first; slot < last; slot++) {
          slots.append(' ').append(slot);
          if (slots.length() > 30_000 || slot == last - 1) {
            nodes.get(i).command(slots.toString());
            slots.setLength("CLUSTER ADDSLOTS".length());
          }
        }
        nodes.get(i).command("CLUSTER SET-CONFIG-EPOCH " + (i + 1));
      }
      for (RedisProcess node : nodes.subList(1, masters)) {
        nodes.get(0).command("CLUSTER MEET 127.0.0.1 " + node.port);
      }
      for (RedisProcess node : nodes) {
        long start = System.nanoTime();
        while (!isWhole(node.command("CLUSTER INFO"))) {
          if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(30)) {
            throw new IOException("no Cluster: " + node.command("CLUSTER INFO"));
          }
          Thread.sleep(50);
        }
      }
      return nodes;
    } catch (Throwable e) {
      nodes.forEach(RedisProcess::close);
      throw e;
    }
  }

  private static boolean isWhole(String info) {
    return info.contains("cluster_slots_ok:16384") && info.contains("cluster_state:ok");
  }
}
