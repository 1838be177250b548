package io.asynctools.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link SharedGateway} in a JVM of its own, and what it has told. Thread-safe.
 *
 * <p>It ends when its input does, and so with this JVM at the latest.
 */
final class GatewayProcess implements AutoCloseable {
  private static final long LONGEST_END_SECONDS = 5;

  private final int number;
  private final Process process;
  private final Thread reader;
  private final List<SharedGrant> grants = new ArrayList<>(); // guarded by this, as all below
  private final List<SharedOutcome.Logged> logged = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private long refused;
  private boolean ready;
  private boolean ended;

  GatewayProcess(int number, String redisUri, int requestsPerSecond) throws IOException {
    this.number = number;
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SharedGateway.class.getName(),
                redisUri,
                String.valueOf(requestsPerSecond))
            .redirectError(Redirect.INHERIT)
            .start();
    long started = System.nanoTime();
    reader = new Thread(() -> read(started), "gateway-" + number);
    reader.setDaemon(true);
    reader.start();
  }

  private void read(long started) {
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        hear(line.split(" ", -1), line, started);
      }
    } catch (IOException e) {
      // It was killed: the end of what it said.
    }
    synchronized (this) {
      if (!ended) {
        errors.add("the gateway died");
      }
      ready = true; // as ready as it will be
      notifyAll();
    }
  }

  private synchronized void hear(String[] words, String line, long started) {
    switch (words[0]) {
      case "ready" -> {
        long its = Long.parseLong(words[1]);
        if (its - started < 0 || its - System.nanoTime() > 0) {
          errors.add("this machine's JVMs do not share a clock");
        }
        ready = true;
        notifyAll();
      }
      case "shared", "alone" ->
          grants.add(
              new SharedGrant(
                  number,
                  Long.parseLong(words[1]),
                  Long.parseLong(words[2]),
                  words[0].equals("alone")));
      case "log" -> {
        String text = line.substring(words[0].length() + words[1].length() + 2);
        logged.add(new SharedOutcome.Logged(number, Long.parseLong(words[1]), text));
      }
      case "refused" -> refused++;
      case "end" -> ended = true;
      default -> errors.add(line);
    }
  }

  synchronized void awaitReady() throws InterruptedException {
    while (!ready) {
      wait();
    }
  }

  /** Lets its clients begin at that instant. */
  void go(long start) throws IOException {
    OutputStream to = process.getOutputStream();
    to.write((start + "\n").getBytes(UTF_8));
    to.flush();
  }

  synchronized List<SharedGrant> grants() {
    return List.copyOf(grants);
  }

  synchronized List<SharedOutcome.Logged> logged() {
    return List.copyOf(logged);
  }

  synchronized long refused() {
    return refused;
  }

  /** What went wrong, a line each. */
  synchronized List<String> errors() {
    return List.copyOf(errors);
  }

  /** Ends it in order: the last answers come in before this returns. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
        var unused = process.destroyForcibly();
      }
      reader.join(TimeUnit.SECONDS.toMillis(LONGEST_END_SECONDS));
    } catch (InterruptedException e) {
      var unused = process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
