package io.asynctools.proof.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.proof.Repository;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example of the guide pages compiles, runs, and prints what the page says. */
@Tag("integration")
class ExamplesTest {
  private static final List<String> PAGES = List.of("cookbook.md");

  static Stream<CodeBlock> examples() {
    return PAGES.stream().flatMap(page -> CodeBlock.of(page(page), "java").stream());
  }

  private static Path page(String name) {
    return Repository.root().resolve("docs").resolve(name);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void theExamplePrintsWhatThePageSays(CodeBlock example, @TempDir Path folder) throws Exception {
    assertThat(new Program(example, folder).run()).isEqualTo(example.expectedOutput());
  }

  static Stream<CodeBlock> kotlinExamples() {
    return PAGES.stream().flatMap(page -> CodeBlock.of(page(page), "kotlin").stream());
  }

  @ParameterizedTest
  @MethodSource("kotlinExamples")
  void soDoesTheKotlinExample(CodeBlock example, @TempDir Path folder) throws Exception {
    assertThat(KotlinProgram.run(example, folder)).isEqualTo(example.expectedOutput());
  }

  @Test
  void everyPageHasExamplesAndEveryExampleShowsAResult() {
    assertThat(PAGES).allSatisfy(page -> assertThat(CodeBlock.of(page(page), "java")).isNotEmpty());
    assertThat(examples())
        .allSatisfy(
            example -> assertThat(example.expectedOutput()).as(example.toString()).isNotEmpty());
  }
}
