package io.asynctools.proof.tasks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.proof.Repository;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tasks of {@code run.sh} say. Maven is a stand-in that says what Maven says. */
@Tag("unit")
@DisabledOnOs(OS.WINDOWS)
class RunShTest {
  private static final Pattern ENDED = Pattern.compile("lint: passed in \\d+ s");

  @TempDir Path folder;

  private String progressSeconds = "600";

  private record Ran(int code, String out, String err) {}

  private Ran run(String... arguments) throws Exception {
    return outcome(start(arguments));
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Repository.root().resolve("run.sh").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.put("PATH", folder + File.pathSeparator + environment.get("PATH"));
    environment.put("PROGRESS_SECONDS", progressSeconds);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static Ran outcome(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Ran(process.waitFor(), out, err);
  }

  private void maven(String script) throws IOException {
    Path maven = folder.resolve("mvn");
    Files.writeString(maven, "#!/usr/bin/env bash\n" + script);
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h"})
  void helpListsEveryTask(String form) throws Exception {
    Ran help = run(form);
    assertThat(help.code).isZero();
    assertThat(help.err).isEmpty();
    String script = Files.readString(Repository.root().resolve("run.sh"));
    List<String> tasks =
        Pattern.compile("(?m)^task_([a-z_]+)\\(\\)")
            .matcher(script)
            .results()
            .map(task -> task.group(1))
            .toList();
    assertThat(tasks).hasSizeGreaterThan(10);
    assertThat(tasks)
        .allSatisfy(task -> assertThat(help.out).containsPattern("(?m)^  " + task + "( |$)"));
  }

  @Test
  void everyTaskSaysWhatItDoes() throws Exception {
    for (String form : List.of("--help", "-h")) {
      Ran help = run("lint", form);
      assertThat(help.code).isZero();
      assertThat(help.out).startsWith("usage: ./run.sh lint").contains("check the formatting");
      assertThat(help.out).doesNotContain("type_check");
    }
  }

  @Test
  void anUnknownTaskIsAnsweredWithTheNearestName() throws Exception {
    Ran misspelt = run("lnit");
    assertThat(misspelt.code).isEqualTo(2);
    assertThat(misspelt.out).isEmpty();
    assertThat(misspelt.err).contains("unknown task: lnit; did you mean lint?");
    assertThat(run("type-check").err).contains("did you mean type_check?");
    assertThat(run("nothing_like_it").err).doesNotContain("did you mean").contains("help lists");
  }

  @Test
  void aTaskSaysWhatItDoesHowFarItIsAndHowItEnded() throws Exception {
    maven(
        """
        echo '[INFO] Building async-tools API 0.1.0-SNAPSHOT                    [1/2]'
        echo '[INFO] --- spotless:2.44.5:check (default) @ async-tools-api ---'
        echo '[INFO] Building async-tools retry 0.1.0-SNAPSHOT                  [2/2]'
        echo '[WARNING] a warning'
        """);
    Ran lint = run("lint");
    assertThat(lint.code).isZero();
    assertThat(lint.out).isEqualTo("[WARNING] a warning\n");
    assertThat(lint.err.lines().toList())
        .hasSize(4)
        .startsWith(
            "lint: check the formatting and the dependency rules",
            "lint: module 1 of 2: async-tools API",
            "lint: module 2 of 2: async-tools retry")
        .last()
        .asString()
        .matches(ENDED);
  }

  @Test
  void aTaskThatFailsSaysSoAndFails() throws Exception {
    maven("echo '[ERROR] broken'; exit 3");
    Ran lint = run("lint");
    assertThat(lint.code).isNotZero();
    assertThat(lint.out).isEqualTo("[ERROR] broken\n");
    assertThat(lint.err).contains("lint: FAILED with exit code " + lint.code);
  }

  /** Ends when the test has read two of the lines that come while nothing happens. */
  @Test
  void aTaskIsNeverSilentForLong() throws Exception {
    Path goOn = folder.resolve("go-on");
    new ProcessBuilder("mkfifo", goOn.toString()).start().waitFor();
    maven(
        "echo '[INFO] Building async-tools API 0.1.0-SNAPSHOT [1/1]'\n"
            + "echo '[INFO] --- surefire:3.5.3:test (default-test) @ async-tools-api ---'\n"
            + "cat '"
            + goOn
            + "' >&2\n");
    progressSeconds = "1";
    Process lint = start("lint");
    BufferedReader err = lint.errorReader(UTF_8);
    String waiting = "lint: module 1 of 1: async-tools API, surefire:3.5.3:test (";
    try (Stream<String> lines = err.lines()) {
      assertThat(lines.filter(line -> line.startsWith(waiting)).limit(2)).hasSize(2);
      Files.writeString(goOn, "");
    }
    assertThat(lint.waitFor()).isZero();
  }
}
