package io.asynctools.redis.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis of the test's own, from the binary that embedded-redis carries: started on a free
 * port, and killed, paused and started again as a test pleases. Keeps nothing on disk, so a killed
 * one forgets.
 *
 * <p>It dies with the test: by {@link #close}, or, if the test's own process is killed, by a shell
 * that waits for the end of a pipe from us.
 */
public final class RedisServerProcess implements AutoCloseable {
  private static final int STARTS = 5;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final int port;
  private final List<String> settings;
  private final Path folder;
  private Process redis;
  private Process watchdog;

  private RedisServerProcess(int port, List<String> settings) throws IOException {
    this.port = port;
    this.settings = List.copyOf(settings);
    folder = Files.createTempDirectory("redis-test");
  }

  /**
   * Starts one on a free port.
   *
   * @param settings names and values, as in redis.conf: {@code "requirepass", "secret"}
   */
  public static RedisServerProcess start(String... settings) throws IOException {
    for (int attempt = 1; ; attempt++) {
      RedisServerProcess server = new RedisServerProcess(freePort(), List.of(settings));
      try {
        server.restart();
        return server;
      } catch (IOException | RuntimeException e) {
        server.close();
        if (attempt == STARTS) {
          throw e;
        }
      }
    }
  }

  /** Starts it again, on the same port, with nothing in it. */
  public void restart() throws IOException {
    List<String> command = new ArrayList<>(List.of(Binary.PATH, "--port", "" + port));
    command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
    command.addAll(List.of("--maxclients", "1000", "--daemonize", "no"));
    for (int i = 0; i < settings.size(); i += 2) {
      command.add("--" + settings.get(i));
      // A setting of several words is several arguments; "" stays one.
      command.addAll(
          settings.get(i + 1).isEmpty()
              ? List.of("")
              : List.of(settings.get(i + 1).split(" ")).stream()
                  .map(word -> word.equals("\"\"") ? "" : word)
                  .toList());
    }
    File log = folder.resolve("log").toFile();
    redis =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    watchdog =
        new ProcessBuilder("sh", "-c", "read ended; kill -9 " + redis.pid())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    awaitAnswer();
  }

  private void awaitAnswer() throws IOException {
    long start = System.nanoTime();
    while (true) {
      try (RedisConsole console = console()) {
        console.send("PING");
        // Also an answer where a password is asked for.
        console.line();
        return;
      } catch (IOException e) {
        if (!redis.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
          throw new IOException(
              "Redis did not start: " + Files.readString(folder.resolve("log")), e);
        }
        pause(5);
      }
    }
  }

  public int port() {
    return port;
  }

  public String uri() {
    return "redis://127.0.0.1:" + port;
  }

  /** A way to talk to it beside the tested client. */
  public RedisConsole console() throws IOException {
    return new RedisConsole(port);
  }

  /** Runs one command on a connection of its own. */
  public Object command(String... words) throws IOException {
    try (RedisConsole console = console()) {
      return console.command(words);
    }
  }

  /** kill -9; returns when it is gone. */
  public void kill() {
    end(redis);
    end(watchdog);
  }

  /** Stops it where it stands: connections stay open and nothing is answered. */
  public void pause() throws IOException {
    signal("STOP");
  }

  /** Lets a paused one go on. */
  public void resume() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + redis.pid()).inheritIO().start();
    if (await(kill) != 0) {
      throw new IOException("no signal " + name + " to process " + redis.pid());
    }
  }

  @Override
  public void close() {
    if (redis != null) {
      kill();
    }
    try (Stream<Path> files = Files.list(folder)) {
      files.map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    folder.toFile().delete();
  }

  private static void end(Process process) {
    process.destroyForcibly();
    await(process);
  }

  private static int await(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A port where nobody listens, nor on the one 10 000 above, for the bus of a Cluster. Below the
   * ports that the system hands out to clients: one of those could take the port of a killed Redis,
   * or a client that connects to it again and again could, by chance, reach itself.
   */
  private static int freePort() throws IOException {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(12_000, 22_000);
      if (isFree(port) && isFree(port + 10_000)) {
        return port;
      }
    }
    throw new IOException("no free port between 12000 and 22000");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Unpacked once, into a folder that goes with this process. */
  private static final class Binary {
    static final String PATH = unpack();

    private static String unpack() {
      try {
        File folder = Files.createTempDirectory("redis-binary").toFile();
        folder.deleteOnExit(); // first, for the last is deleted first: the binary, which comes next
        return ExecutableProvider.newJarResourceProvider(folder).get().getAbsolutePath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
