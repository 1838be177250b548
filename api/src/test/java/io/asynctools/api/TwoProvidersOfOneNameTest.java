package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises: Look-up. */
@Tag("unit")
class TwoProvidersOfOneNameTest {

  @Test
  void bothClassesAndTheirJarsAreNamed(@TempDir Path dir) throws Exception {
    try (StrangeLoader loader = StrangeLoader.of(good(dir), twin(dir))) {
      assertThatExceptionOfType(LimiterConfigException.class)
          .isThrownBy(() -> InContext.of(loader, () -> Limiters.rateLimiter("strange", Map.of())))
          .withMessageContainingAll(
              "'strange'",
              StrangeProvider.class.getName() + " (",
              "good.jar",
              StrangeProviders.SameName.class.getName() + " (",
              "twin.jar",
              "remove one of them");
    }
  }

  @Test
  void otherNamesAreNotConcerned(@TempDir Path dir) throws Exception {
    try (StrangeLoader loader = StrangeLoader.of(good(dir), twin(dir))) {
      assertThat(InContext.of(loader, Limiters::names)).contains("strange", "strange-policy");
      assertThat(InContext.of(loader, () -> Limiters.policy("strange-policy", Map.of())))
          .isNotNull();
    }
  }

  @Test
  void oneClassInTwoJarsIsOneProvider(@TempDir Path dir) throws Exception {
    Path copy = StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("copy.jar"));
    try (StrangeLoader loader = StrangeLoader.of(good(dir), copy)) {
      assertThat(InContext.of(loader, () -> Limiters.rateLimiter("strange", Map.of()))).isNotNull();
    }
  }

  private static Path good(Path dir) throws Exception {
    return StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("good.jar"));
  }

  private static Path twin(Path dir) throws Exception {
    return StrangeLoader.jar()
        .provider(StrangeProviders.SameName.class)
        .provider(StrangeProviders.Policy.class)
        .in(dir.resolve("twin.jar"));
  }
}
