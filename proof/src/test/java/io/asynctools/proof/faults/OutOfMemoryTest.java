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
 *
 * <p>Promises: All 6.
 */
@Tag("slow")
class OutOfMemoryTest {
  /** What is lost today. Nothing may be added; what is mended is taken out. */
  private static final Set<String> KNOWN =
      Set.of(
          // What was granted cannot be handed out, nor given back.
          "semaphore, tryAcquire",
          "semaphore, acquire",
          "semaphore, execute",
          "breaker, a probe by execute",
          "breaker, a probe fails",
          // A look at the line that could not be taken is not made up for.
          "semaphore, release while one waits",
          "semaphore, release, and another comes",
          "semaphore, resize while one waits",
          "semaphore, close while one waits",
          "bucket, the timer rings",
          // Whoever ends a future has claimed that, and then cannot.
          "semaphore, a waiter is cancelled",
          "semaphore, a waiting call is cancelled",
          "semaphore, a call is cancelled",
          "bucket, a grant is cancelled before it is delivered",
          "retry, a call is cancelled",
          // Nobody goes on from an attempt.
          "retry, a call fails and waits",
          "retry, an attempt fails later",
          "retry, the delay passes");

  @Test
  void nothingMoreIsLostThanIsKnown() throws IOException, InterruptedException {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m",
                "-Xms8m",
                "-Xint",
                "-XX:+IgnoreUnrecognizedVMOptions",
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
    assertThat(program.waitFor()).as("exit code").isZero();
    assertThat(lines).as("what it printed").anyMatch(line -> line.startsWith("TRIES "));
    Set<String> lost =
        lines.stream()
            .filter(line -> line.startsWith("LOST "))
            .map(line -> line.substring("LOST ".length(), line.indexOf(':')))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(KNOWN).containsAll(lost);
  }
}
