package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Memory that really runs out, at each allocation of each operation in turn ({@link
 * OutOfMemoryProgram}, in a virtual machine of its own with a heap of a few megabytes).
 */
@Tag("slow")
class OutOfMemoryTest {
  /** What is lost today. Nothing may be added; what is mended is taken out. */
  private static final Set<String> KNOWN =
      Set.of(
          // Nothing is allocated to hold what was granted: the permit is gone.
          "semaphore, tryAcquire",
          "semaphore, acquire",
          "semaphore, execute",
          "breaker, a probe by acquire",
          "breaker, a probe by tryAcquire",
          "breaker, a probe by execute",
          "breaker, a probe fails",
          "per key, first use by acquire",
          "per key, first use by tryAcquire",
          // A look at the line, or an ending, that could not be carried out and is not made up for.
          "semaphore, acquire and wait",
          "semaphore, acquire and wait with maxWait",
          "semaphore, execute and wait",
          "semaphore, release while one waits",
          "semaphore, release, and another comes",
          "semaphore, a waiter is cancelled",
          "semaphore, a waiting call is cancelled",
          "semaphore, a call is cancelled",
          "semaphore, resize while one waits",
          "semaphore, close while one waits",
          "bucket, acquire and wait",
          "bucket, the timer rings",
          "bucket, a grant is cancelled before it is delivered",
          "retry, a call fails and waits",
          "retry, an attempt fails later",
          "retry, the delay passes",
          "retry, a call is cancelled");

  @Test
  void nothingMoreIsLostThanIsKnown() throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m",
                "-Xms8m",
                "-Xint",
                "-XX:+UseSerialGC",
                "-XX:-UseTLAB",
                "-XX:MarkSweepAlwaysCompactCount=1",
                "-XX:MarkSweepDeadRatio=0",
                "-cp",
                System.getProperty("java.class.path"),
                OutOfMemoryProgram.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines;
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
      lines = output.lines().toList();
    }
    program.waitFor();
    assertThat(lines).as("what it printed").anyMatch(line -> line.startsWith("TRIES "));
    Set<String> lost =
        lines.stream()
            .filter(line -> line.startsWith("LOST "))
            .map(line -> line.substring("LOST ".length(), line.indexOf(':')))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(KNOWN).containsAll(lost);
  }
}
