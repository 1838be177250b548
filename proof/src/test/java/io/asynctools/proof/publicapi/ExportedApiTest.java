package io.asynctools.proof.publicapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.proof.Committed;
import io.asynctools.proof.Modules;
import io.asynctools.proof.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No signature that others compile against changes unnoticed. */
@Tag("unit")
class ExportedApiTest {
  private static final Path LISTS = Repository.root().resolve("proof/src/test/resources/api");

  static Stream<String> modules() {
    return Modules.all().stream().map(module -> module.descriptor().name());
  }

  @ParameterizedTest
  @MethodSource("modules")
  void theListOfAModulesApiIsComplete(String module) throws IOException {
    Committed.holds(LISTS.resolve(module + ".txt"), ExportedApi.of(Modules.named(module)));
  }

  @Test
  void everyPublishedModuleHasItsList() throws IOException {
    List<String> published =
        Modules.artifactsOfTheBom().stream()
            .map(artifact -> "io.asynctools." + artifact.replace("-", ""))
            .toList();
    assertThat(modules()).containsExactlyInAnyOrderElementsOf(published);
    try (Stream<Path> lists = Files.list(LISTS)) {
      assertThat(lists.map(list -> list.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              published.stream().map(module -> module + ".txt").toList());
    }
  }

  /** It is another text if any of this changes. */
  @Test
  void aListSaysAllThatCallersCompileAgainst() {
    assertThat(ExportedApi.of(Shown.class, Shown.Sort.class, Shown.Pair.class))
        .isEqualTo(
            """

            public abstract class Shown<K, V extends @Nullable Object> extends Hidden implements Comparable<Shown<K, V>>
              protected <X extends Exception & Runnable> @Nullable V find(K, @Nullable String[]...) throws X, InterruptedException
              protected Shown()
              public abstract java.util.List<? extends V> values(java.util.function.Function<? super K, ?>)
              public final int compareTo(Shown<K, V>)
              public static final int LIMIT = 7
              public void inherited() // inherited

            public enum Shown.Sort
              TWO, ONE
              public static Shown.Sort valueOf(String)
              public static Shown.Sort[] values()

            public record Shown.Pair<T>(T left, @Nullable T right)
              public @Nullable T right()
              public Shown.Pair(T, @Nullable T)
              public T left()
              public final String toString()
              public final boolean equals(Object)
              public final int hashCode()
            """);
  }
}
