package io.asynctools.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis server of our own, on a free port of the loopback interface. It keeps nothing on disk. A
 * shell stands between it and us, which ends it when this JVM is gone, however that came about.
 */
final class OwnRedis implements AutoCloseable {
  private static final String ENDS_WITH_US =
      "trap '' INT; \"$@\" & redis=$!; cat >/dev/null; kill -9 $redis";

  private final int port;
  private final Process process;

  private OwnRedis(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts one; returns when it answers. */
  static OwnRedis start() throws IOException, InterruptedException {
    File server = ExecutableProvider.newJarResourceProvider().get();
    int port = freePort();
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                ENDS_WITH_US,
                "sh",
                server.getPath(),
                "--port",
                String.valueOf(port),
                "--bind",
                InetAddress.getLoopbackAddress().getHostAddress(),
                "--save",
                "",
                "--appendonly",
                "no")
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.INHERIT)
            .start();
    OwnRedis redis = new OwnRedis(port, process);
    long start = System.nanoTime();
    while (!redis.answers()) {
      if (!process.isAlive() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
        redis.close();
        throw new IOException("redis-server did not start on port " + port);
      }
      Thread.sleep(20);
    }
    return redis;
  }

  String uri() {
    return "redis://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
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

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // The shell is gone already.
    }
    process.onExit().join();
  }
}
