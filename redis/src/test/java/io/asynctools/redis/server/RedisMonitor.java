package io.asynctools.redis.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server did, in its own words and order: the lines of MONITOR, those of scripts included.
 */
public final class RedisMonitor implements AutoCloseable {
  private final RedisConsole console;
  private final List<String> lines = new ArrayList<>(); // guarded by itself
  private final Thread reader;

  public RedisMonitor(RedisServerProcess server) throws IOException {
    console = server.console();
    console.command("MONITOR");
    console.patient();
    reader = new Thread(this::read, "test-monitor");
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try {
      while (true) {
        String line = console.line();
        synchronized (lines) {
          lines.add(line);
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** All so far. */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void close() throws IOException {
    console.close();
  }
}
