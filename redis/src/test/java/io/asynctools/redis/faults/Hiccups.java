package io.asynctools.redis.faults;

import java.util.concurrent.TimeUnit;

/**
 * How long this computer let a thread wait that had nothing to wait for: what a promise in
 * milliseconds cannot be blamed for.
 */
final class Hiccups implements AutoCloseable {
  private volatile long longest;
  private volatile boolean closed;

  Hiccups() {
    Thread thread = new Thread(this::watch, "test-hiccups");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closed) {
      try {
        Thread.sleep(1);
      } catch (InterruptedException e) {
        return;
      }
      long now = System.nanoTime();
      longest = Math.max(longest, now - last - TimeUnit.MILLISECONDS.toNanos(1));
      last = now;
    }
  }

  long longestNanos() {
    return longest;
  }

  @Override
  public void close() {
    closed = true;
  }
}
