package io.asynctools.proof.promises;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.proof.Committed;
import io.asynctools.proof.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each promise has a test that names it, and {@code docs/promises.md} says which. */
@Tag("unit")
class PromisesTest {

  @Nested
  class InThisRepository {
    private static final List<TestSource> SOURCES = TestSource.ofRepository();
    private static final PromisesPage PAGE = new PromisesPage(Promise.published(), SOURCES);

    @Test
    void everyPromiseHasATest() {
      assertThat(PAGE.unchecked()).as("promises that no test names").isEmpty();
    }

    @Test
    void noTestNamesAPromiseThatIsNotThere() {
      assertThat(PAGE.astray()).isEmpty();
    }

    @Test
    void testsNameTheirPromisesInTheOneForm() {
      assertThat(SOURCES).flatExtracting(TestSource::faults).isEmpty();
    }

    @Test
    void thePageIsWhatTheSourcesSay() throws IOException {
      Committed.holds(Repository.root().resolve("docs/promises.md"), PAGE.markdown());
    }
  }

  /** All of this can fail. */
  @Nested
  class Elsewhere {
    private static final String PAGE =
        """
        # What is promised

        ## All limiters
        1. **No thread waits inside the library.** A waiter is a queue node.
           It goes on (here).
        2. A permit ends once: double release has no effect.

        ## Composition
        Outermost first. Then the others.
        """;

    @TempDir Path folder;

    @Test
    void promisesAreNumberedOrStandForTheirSection() {
      assertThat(Promise.in(PAGE))
          .containsExactly(
              new Promise("All 1", "All limiters", "No thread waits inside the library"),
              new Promise(
                  "All 2", "All limiters", "A permit ends once: double release has no effect"),
              new Promise("Composition", "Composition", "Outermost first"));
    }

    @Test
    void aPromiseWithoutATestIsFound() throws IOException {
      assertThat(page("/** Promises: All 1, Composition. */ @Test void a() {}").unchecked())
          .containsExactly("All 2");
    }

    @Test
    void aPromiseThatIsNotThereIsFound() throws IOException {
      assertThat(page("/** Promises: All 7. */ @Test void a() {}").astray())
          .containsExactly("SomeTest.a names [All 7]");
    }

    @Test
    void aMethodsPromisesTakeThePlaceOfItsClass() throws IOException {
      List<Check> checks =
          source(
                  """
                  @Test void a() {}
                  /**
                   * What it does.
                   *
                   * <p>Promises: All 2,
                   * Composition.
                   */
                  @Property(tries = 3) void b() {}
                  @Nested class Inner {
                    @Tag("slow") @Test void c() {}
                  }
                  """)
              .checks();
      assertThat(checks).extracting(Check::method).containsExactly("a", "b", "c");
      assertThat(checks)
          .extracting(Check::tool)
          .containsExactly(Tool.UNIT, Tool.JQWIK, Tool.STRESS);
      assertThat(checks)
          .extracting(Check::promises)
          .containsExactly(List.of("All 1"), List.of("All 2", "Composition"), List.of("All 1"));
    }

    @Test
    void whatIsNoTestChecksNoPromise() throws IOException {
      assertThat(source("/** Promises: All 1. */ void a() {} @Test void b() {}").faults())
          .containsExactly("SomeTest.a names a promise, and is no test");
      assertThat(source("void a() {}").faults())
          .containsExactly("SomeTest.SomeTest names a promise, and is no test");
    }

    @Test
    void anotherFormIsFound() throws IOException {
      assertThat(source("/** All 1: what it does. */ @Test void a() {}").faults()).hasSize(1);
      assertThat(source("/** Promises: All 1 */ @Test void a() {}").faults()).hasSize(1);
      assertThat(source("/** Token bucket 1 and 2. */ @Test void a() {}").faults()).hasSize(1);
      assertThat(source("/** Failsafe did it otherwise. */ @Test void a() {}").faults()).isEmpty();
    }

    private PromisesPage page(String members) throws IOException {
      return new PromisesPage(Promise.in(PAGE), List.of(source(members)));
    }

    private TestSource source(String members) throws IOException {
      Path file = folder.resolve("SomeTest.java");
      Files.writeString(file, "/** Promises: All 1. */ class SomeTest {\n" + members + "\n}\n");
      return TestSource.of(List.of(file)).get(0);
    }
  }
}
