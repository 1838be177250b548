package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis that can be killed and started again, on a port that was free. It keeps nothing on disk,
 * so each time it begins empty. A shell stands between it and us, which kills it when this JVM is
 * gone, however that came about. Not thread-safe.
 */
final class RedisServer implements AutoCloseable {
  private static final String KILLED_WITH_US =
      "trap '' INT; \"$@\" & redis=$!; cat >/dev/null; kill -9 $redis; wait $redis 2>/dev/null";
  private static final Duration LONGEST_START = Duration.ofSeconds(10);

  private final File program;
  private final int port;
  private @Nullable Process shell;

  /** Unpacks the program; it does not run yet. */
  RedisServer() throws IOException {
    program = ExecutableProvider.newJarResourceProvider().get();
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = any.getLocalPort();
    }
  }

  String uri() {
    return "redis://" + host() + ":" + port;
  }

  private static String host() {
    return InetAddress.getLoopbackAddress().getHostAddress();
  }

  /** Starts it; returns when it answers. */
  void start() throws IOException, InterruptedException {
    Process started =
        new ProcessBuilder(
                "sh",
                "-c",
                KILLED_WITH_US,
                "sh",
                program.getPath(),
                "--port",
                String.valueOf(port),
                "--bind",
                host(),
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    shell = started;
    long start = System.nanoTime();
    while (!answers()) {
      if (!started.isAlive() || System.nanoTime() - start > LONGEST_START.toNanos()) {
        kill();
        throw new IOException(program + " did not start on port " + port);
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(US_ASCII));
      return socket.getInputStream().read() == '+';
    } catch (IOException e) {
      return false;
    }
  }

  /** Kills it, as {@code kill -9} does; returns when it is gone. */
  void kill() {
    if (shell != null) {
      try {
        shell.getOutputStream().close();
      } catch (IOException e) {
        // The shell is gone already.
      }
      var unused = shell.onExit().join();
      shell = null;
    }
  }

  @Override
  public void close() {
    kill();
    program.delete();
    program.getParentFile().delete();
  }
}
