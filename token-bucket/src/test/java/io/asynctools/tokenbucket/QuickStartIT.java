package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README compiles against the API alone, and prints what the README says. */
@Tag("integration")
class QuickStartIT {
  private static final Pattern QUICK_START =
      Pattern.compile(
          "<!-- quick start -->.*?```java\\R(.*?)^```\\s*$.*?```text\\R(.*?)^```\\s*$"
              + ".*?<!--[^>]*quick start -->",
          Pattern.DOTALL | Pattern.MULTILINE);

  @Test
  void theReadmesProgramPrintsWhatTheReadmeSays(@TempDir Path folder) throws Exception {
    MatchResult quickStart = quickStart(Path.of(System.getProperty("readme")));
    UserProgram program = new UserProgram(folder).source("QuickStart.java", quickStart.group(1));
    Path classes = program.compile("-cp", Jars.path(Jars.API, Jars.JSPECIFY));

    UserProgram.Outcome outcome =
        program.run("-cp", Jars.path(classes, Jars.API, Jars.TOKEN_BUCKET), "QuickStart");

    assertThat(outcome.output().lines())
        .containsExactlyElementsOf(quickStart.group(2).lines().toList());
  }

  private static MatchResult quickStart(Path readme) throws Exception {
    return QUICK_START
        .matcher(Files.readString(readme))
        .results()
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "README.md has no ```java block with a ```text block after it, between two"
                        + " <!-- quick start --> marks"));
  }
}
