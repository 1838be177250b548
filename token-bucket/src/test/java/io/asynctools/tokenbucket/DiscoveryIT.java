package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.tokenbucket.UserProgram.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program that knows the API alone finds the token bucket at run time, in the real jars.
 *
 * <p>Promises: Look-up.
 */
@Tag("integration")
class DiscoveryIT {
  private static final String MAIN =
      """
      package user;

      import io.asynctools.api.AsyncRateLimiter;
      import io.asynctools.api.Limiters;
      import java.util.Map;

      public class Main {
        public static void main(String[] args) {
          switch (args[0]) {
            case "own" -> {}
            case "none" -> Thread.currentThread().setContextClassLoader(null);
            case "platform" ->
                Thread.currentThread()
                    .setContextClassLoader(ClassLoader.getPlatformClassLoader());
            case "blind" ->
                Thread.currentThread().setContextClassLoader(new ClassLoader(null) {});
            default -> throw new AssertionError(args[0]);
          }
          try (AsyncRateLimiter limiter =
              Limiters.rateLimiter("token-bucket", Map.of("rate", "100/s", "capacity", "200"))) {
            int granted = 0;
            while (granted < 200 && limiter.tryAcquire().isPresent()) {
              granted++;
            }
            System.out.println(granted + " granted by one of " + Limiters.names());
          }
        }
      }
      """;
  private static final String MODULE =
      """
      module user.program {
        requires io.asynctools.api;
      }
      """;
  private static final String GRANTED = "200 granted by one of [token-bucket]";

  private UserProgram program;

  @BeforeEach
  void startProgram(@TempDir Path folder) throws IOException {
    program = new UserProgram(folder).source("user/Main.java", MAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "none", "platform", "blind"})
  void onTheClassPathUnderAnyContextClassLoader(String contextClassLoader) throws Exception {
    Outcome outcome =
        program.run(
            "-cp",
            Jars.path(compiledForTheClassPath(), Jars.API, Jars.TOKEN_BUCKET),
            "user.Main",
            contextClassLoader);

    assertThat(outcome.output()).isEqualTo(GRANTED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "none", "platform", "blind"})
  void onTheModulePathUnderAnyContextClassLoader(String contextClassLoader) throws Exception {
    Outcome outcome =
        program.run(
            "-p",
            Jars.path(compiledAsAModule(), Jars.API, Jars.TOKEN_BUCKET),
            "-m",
            "user.program/user.Main",
            contextClassLoader);

    assertThat(outcome.output()).isEqualTo(GRANTED);
  }

  @Test
  void aModuleFindsItOnTheClassPathToo() throws Exception {
    Outcome outcome =
        program.run(
            "-cp",
            Jars.path(Jars.TOKEN_BUCKET),
            "-p",
            Jars.path(compiledAsAModule(), Jars.API),
            "-m",
            "user.program/user.Main",
            "own");

    assertThat(outcome.output()).isEqualTo(GRANTED);
  }

  @Test
  void aProgramOnTheClassPathFindsItOnTheModulePathToo() throws Exception {
    Outcome outcome =
        program.run(
            "-cp",
            Jars.path(compiledForTheClassPath()),
            "-p",
            Jars.path(Jars.API, Jars.TOKEN_BUCKET),
            "--add-modules",
            "io.asynctools.api",
            "user.Main",
            "own");

    assertThat(outcome.output()).isEqualTo(GRANTED);
  }

  @Test
  void withoutTheJarOnTheClassPathTheErrorNamesTheArtifactToAdd() throws Exception {
    Outcome outcome =
        program.run("-cp", Jars.path(compiledForTheClassPath(), Jars.API), "user.Main", "own");

    assertNamesTheArtifact(outcome);
  }

  @Test
  void withoutTheJarOnTheModulePathTheErrorNamesTheArtifactToAdd() throws Exception {
    Outcome outcome =
        program.run(
            "-p", Jars.path(compiledAsAModule(), Jars.API), "-m", "user.program/user.Main", "own");

    assertNamesTheArtifact(outcome);
  }

  private static void assertNamesTheArtifact(Outcome outcome) {
    assertThat(outcome.complaint())
        .contains(
            "io.asynctools.api.LimiterConfigException: no limiter is called 'token-bucket'",
            "add io.asynctools:async-tools-token-bucket to the run-time path",
            "Present: none");
  }

  private Path compiledForTheClassPath() {
    return program.compile("-cp", Jars.path(Jars.API, Jars.JSPECIFY));
  }

  private Path compiledAsAModule() throws IOException {
    return program
        .source("module-info.java", MODULE)
        .compile("-p", Jars.path(Jars.API, Jars.JSPECIFY));
  }
}
