package io.asynctools.proof.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.proof.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The patches of {@code proof/faulty} are run at length by {@code ./run.sh prove faults}, and
 * seldom. Here only, at each build: whoever changes a line that a patch touches, or renames a test
 * that has to notice one, hears of it at once.
 */
@Tag("unit")
class SeededFaultsTest {
  private static final Path FOLDER = Repository.root().resolve("proof/faulty");
  private static final List<Path> SOURCES = Repository.javaFiles("src/main/java", "src/test/java");
  private static final Pattern TEST =
      Pattern.compile("test: +(?<module>[a-z-]+) (?<name>[\\w.]+)(?:#(?<method>\\w+))?");
  private static final Pattern JCSTRESS = Pattern.compile("jcstress: +(?<name>\\w+)");
  private static final Pattern SUPERTYPES =
      Pattern.compile("(?m)^[a-z ]*(?:class|interface) \\w+\\s+(?:extends|implements) ([^{]+)");

  @Test
  void eachPatchAppliesToTheSourcesAsTheyAre() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Repository.root().resolve(".git")), "no .git here");
    assumeTrue(git("--version").isEmpty(), "no git here");
    for (Path patch : patches()) {
      assertThat(git("apply", "--check", Repository.fromRoot(patch)))
          .as("%s: make it anew, see README.md beside it", patch.getFileName())
          .isEmpty();
    }
  }

  @Test
  void eachNamesAPromiseAndATestThatIsThere() throws IOException {
    for (Path patch : patches()) {
      assertThat(wrongWith(Repository.text(patch))).as("%s", patch.getFileName()).isEmpty();
    }
  }

  /** All of this can fail. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "test: semaphore",
        "test: semaphore io.asynctools.semaphore.NoSuchTest",
        "test: token-bucket io.asynctools.semaphore.WaitersTest",
        "test: semaphore io.asynctools.semaphore.WaitersTest#noSuchMethod",
        "test: semaphore io.asynctools.semaphore.SemaphoreContractTest#noSuchMethod",
        "jcstress: NoSuchRace",
        "jcstress: CountedTime", // is in that module, and no test
        "test: semaphore io.asynctools.semaphore.WaitersTest\njcstress: WakeAgainstJoin"
      })
  void aHeadingThatNamesNoTestIsFound(String test) {
    assertThat(wrongWith("fault: a\npromise: All 1\n" + test + "\n\ndiff --git a/b b/b"))
        .isNotEmpty();
  }

  @Test
  void aPatchThatDoesNotApplyIsFound() throws IOException, InterruptedException {
    assumeTrue(git("--version").isEmpty(), "no git here");
    assertThat(git("apply", "--check", "proof/faulty/README.md")).isNotEmpty();
  }

  private static List<Path> patches() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<Path> patches = files.filter(f -> f.toString().endsWith(".patch")).sorted().toList();
      assertThat(patches).isNotEmpty();
      return patches;
    }
  }

  /** What is wrong with the heading of a patch; empty if nothing. */
  private static String wrongWith(String patch) {
    List<String> heading = patch.lines().takeWhile(line -> !line.startsWith("diff ")).toList();
    for (String field : List.of("fault: ", "promise: ")) {
      if (heading.stream().filter(line -> line.startsWith(field)).count() != 1) {
        return "not one line " + field;
      }
    }
    List<String> tests =
        heading.stream().filter(line -> line.matches("(test|jcstress):.*")).toList();
    if (tests.size() != 1) {
      return "names not one test but " + tests;
    }
    Matcher test = TEST.matcher(tests.get(0));
    if (test.matches()) {
      String file = test.group("module") + "/src/test/java/" + test.group("name").replace('.', '/');
      Path source = Repository.root().resolve(file + ".java");
      String method = test.group("method");
      boolean there = Files.exists(source) && (method == null || has(source, method));
      return there ? "" : "there is no " + test.group();
    }
    Matcher race = JCSTRESS.matcher(tests.get(0));
    boolean there =
        race.matches()
            && source(race.group("name"))
                .filter(file -> Repository.fromRoot(file).startsWith("jcstress/"))
                .filter(file -> Repository.text(file).contains("@JCStressTest"))
                .isPresent();
    return there ? "" : "there is no " + tests.get(0);
  }

  /** Whether a type has a method of that name, or has it from another. */
  private static boolean has(Path source, String method) {
    String text = Repository.text(source);
    if (Pattern.compile("void " + method + "\\(").matcher(text).find()) {
      return true;
    }
    return SUPERTYPES
        .matcher(text)
        .results()
        .flatMap(found -> Stream.of(found.group(1).split("\\W+")))
        .flatMap(name -> source(name).stream())
        .anyMatch(supertype -> has(supertype, method));
  }

  /** The source of a class of that simple name. */
  private static Optional<Path> source(String name) {
    return SOURCES.stream().filter(file -> file.endsWith(name + ".java")).findFirst();
  }

  /** What git says of an error; empty if there is none. */
  private static String git(String... arguments) throws InterruptedException {
    try {
      Process git =
          new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
              .directory(Repository.root().toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return git.waitFor() == 0 ? "" : "git failed: " + said;
    } catch (IOException e) {
      return "git does not start: " + e.getMessage();
    }
  }
}
