package io.asynctools.proof.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.proof.Repository;
import io.asynctools.proof.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules for which the source has to be read; and that each sees what breaks it. */
@Tag("unit")
class SourcesTest {
  private static final List<SourceFile> MAIN =
      SourceFile.parse(
          Repository.javaFiles("src/main/java").stream()
              .filter(
                  file ->
                      !Repository.fromRoot(file)
                          .matches("(test-kit|benchmarks|demo|jcstress|proof)/.*"))
              .toList());

  private static final List<SourceFile> TESTS =
      SourceFile.parse(
          Repository.javaFiles("src/test/java").stream()
              .filter(file -> !Repository.fromRoot(file).contains("/proof/layout/broken/"))
              .toList());

  /** What starts and stops a server, and the programs and tests that live beside it. */
  private static final Pattern BESIDE_A_SERVER =
      Pattern.compile("[/\\\\]redis[/\\\\]((server|faults)[/\\\\]|RedisProcess)");

  private static final Set<String> MONITORS =
      Set.of(
          "SlidingCounter",
          "Entry",
          "Keys",
          "GiveBacks",
          "KeyLimiter",
          "Link",
          "ClusterLink",
          "SharedLink",
          "Plans",
          "Outage");

  @TempDir Path folder;

  /**
   * But monitors on paths that are hardly ever taken, around a few additions: of a key, those on
   * which its limiter is made or removed; of Redis, those on which a connection is made or shared,
   * a limit changes, something is given back, or Redis is away.
   */
  @Test
  void nobodyHoldsAMonitor() {
    assertThat(MAIN)
        .isNotEmpty()
        .flatExtracting(file -> SourceRules.monitors(file, MONITORS))
        .isEmpty();
  }

  @Test
  void aMonitorIsSeen() throws IOException {
    SourceFile broken =
        source("class A { synchronized void a() {} void b() { synchronized (this) {} } }");
    assertThat(SourceRules.monitors(broken, Set.of()))
        .containsExactly("SomeTest.java:1: synchronized a", "SomeTest.java:1: synchronized");
    assertThat(SourceRules.monitors(broken, Set.of("SomeTest"))).isEmpty();
  }

  /** Promises: Retry 2. */
  @Test
  void exceptionsOfOthersAreNotTouched() {
    assertThat(MAIN).flatExtracting(SourceRules::touchedExceptions).isEmpty();
  }

  @Test
  void anExceptionThatIsTouchedIsSeen() throws IOException {
    assertThat(
            SourceRules.touchedExceptions(
                source("class A { void a(Exception e) { e.addSuppressed(e); b(e::initCause); } }")))
        .containsExactly("SomeTest.java:1: addSuppressed", "SomeTest.java:1: initCause");
  }

  @Test
  void testsAreTaggedAndNamedAndAssertAlike() {
    assertThat(TESTS).isNotEmpty().flatExtracting(SourceRules::formOfTests).isEmpty();
  }

  @Test
  void aTestOfAnotherFormIsSeen() throws IOException {
    String junit = "import org.junit.jupiter.api.Tag;\n";
    assertThat(
            SourceRules.formOfTests(
                source(
                    "import static org.junit.jupiter.api.Assertions.*; class A { @Test void a() {} }")))
        .containsExactly(
            "SomeTest.java:1: assertions are AssertJ's, not org.junit.jupiter.api.Assertions.*",
            "SomeTest.java:1: a has no org.junit.jupiter.api.Tag");
    assertThat(
            SourceRules.formOfTests(
                source(
                    junit
                        + "@Tag(\"unit\") class A { @Test void a() {} @Nested class B { @Test void"
                        + " b() {} } }")))
        .isEmpty();
    assertThat(
            SourceRules.formOfTests(
                source("Tests", junit + "@Tag(\"unit\") class A { @Test void a() {} }")))
        .containsExactly("Tests.java:2: tests are in classes that end in Test or IT");
  }

  /** Or a slow property would run in the ordinary build. */
  @Test
  void aPropertyWithoutATagOfJqwiksIsSeen() throws IOException {
    String property = "@Tag(\"slow\") class A { @Property void a() {} }";
    assertThat(SourceRules.formOfTests(source("import org.junit.jupiter.api.Tag;\n" + property)))
        .containsExactly("SomeTest.java:2: a has no net.jqwik.api.Tag");
    assertThat(SourceRules.formOfTests(source("import net.jqwik.api.Tag;\n" + property))).isEmpty();
  }

  @Test
  void timeIsManualButInSlowTestsAndThoseWithAServer() {
    assertThat(TESTS)
        .filteredOn(file -> !BESIDE_A_SERVER.matcher(file.path().toString()).find())
        .flatExtracting(SourceRules::sleepingTests)
        .isEmpty();
  }

  @Test
  void aTestThatSleepsIsSeen() throws IOException {
    assertThat(
            SourceRules.sleepingTests(
                source(
                    """
                    class A {
                      @Test void a() { Thread.sleep(1); }
                      @Tag("slow") @Test void b() { Thread.sleep(1); }
                      @Tag("integration") @Test void d() { Thread.sleep(1); }
                      void c() { TimeUnit.SECONDS.sleep(1); Instant.now(); }
                    }
                    """)))
        .containsExactly(
            "SomeTest.java:2: Thread.sleep",
            "SomeTest.java:5: TimeUnit.SECONDS.sleep",
            "SomeTest.java:5: Instant.now");
  }

  private SourceFile source(String text) throws IOException {
    return source("SomeTest", text);
  }

  private SourceFile source(String name, String text) throws IOException {
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, text);
    return SourceFile.parse(List.of(file)).get(0);
  }
}
