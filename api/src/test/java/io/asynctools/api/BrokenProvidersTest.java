package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeLoader.JarBuilder;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Promises: Look-up. */
@Tag("unit")
class BrokenProvidersTest {

  static Stream<Arguments> broken() {
    return Stream.of(
        broken(
            "a class that is missing",
            jar -> jar.line("com.example.Gone"),
            "com.example.Gone",
            "not found"),
        broken(
            "a constructor that throws",
            jar -> jar.provider(StrangeProviders.ThrowsWhenMade.class),
            StrangeProviders.ThrowsWhenMade.class.getName(),
            "no licence found"),
        broken(
            "a name that throws",
            jar -> jar.provider(StrangeProviders.ThrowsWhenAsked.class),
            StrangeProviders.ThrowsWhenAsked.class.getName(),
            "my name is nobody's business"),
        broken(
            "no name",
            jar -> jar.provider(StrangeProviders.Nameless.class),
            StrangeProviders.Nameless.class.getName(),
            "'null'"),
        broken(
            "a name that nobody could write",
            jar -> jar.provider(StrangeProviders.Shouts.class),
            StrangeProviders.Shouts.class.getName(),
            "'STRANGE_LIMITER'"),
        broken(
            "a class that is no provider",
            jar -> jar.provider(StrangeProviders.NoProvider.class),
            StrangeProviders.NoProvider.class.getName(),
            "not a subtype"),
        broken(
            "a class without a public constructor",
            jar -> jar.provider(StrangeLoader.class),
            StrangeLoader.class.getName(),
            ""),
        broken(
            "a class that lacks its superclass",
            jar -> jar.provider(StrangeProviders.LacksItsParent.class),
            StrangeProviders.LacksItsParent.class.getName(),
            "NoClassDefFoundError"),
        broken(
            "a class for a later Java",
            jar -> jar.providerOfTheFuture(StrangeProviders.MakesNothing.class),
            StrangeProviders.MakesNothing.class.getName() + ":",
            "UnsupportedClassVersionError"),
        broken(
            "garbage in the services file",
            jar -> jar.line("this is no class name"),
            "broken.jar",
            "META-INF/services"));
  }

  private static Arguments broken(
      String what, UnaryOperator<JarBuilder> jar, String name, String reason) {
    return Arguments.of(what, jar, name, reason);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void itIsReportedByNameWhereALookUpFails(
      String what, UnaryOperator<JarBuilder> jar, String name, String reason, @TempDir Path dir)
      throws Exception {
    try (StrangeLoader loader = loader(jar, dir)) {
      assertThatExceptionOfType(LimiterConfigException.class)
          .isThrownBy(() -> InContext.of(loader, () -> Limiters.policy("mine", Map.of())))
          .withMessageContainingAll(
              "'mine'", "Present: strange", "; could not be loaded: ", name, reason);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void itDoesNotHideTheOthers(
      String what, UnaryOperator<JarBuilder> jar, String name, String reason, @TempDir Path dir)
      throws Exception {
    try (StrangeLoader loader = loader(jar, dir)) {
      assertThat(InContext.of(loader, Limiters::names)).contains("strange", "strange-policy");
      assertThat(InContext.of(loader, () -> Limiters.rateLimiter("strange", Map.of()))).isNotNull();
      assertThat(InContext.of(loader, () -> Limiters.policy("strange-policy", Map.of())))
          .isNotNull();
    }
  }

  @Test
  void allOfThemAreReportedTogether(@TempDir Path dir) throws Exception {
    UnaryOperator<JarBuilder> all =
        jar ->
            jar.line("com.example.Gone")
                .provider(StrangeProviders.LacksItsParent.class)
                .provider(StrangeProviders.ThrowsWhenMade.class)
                .providerOfTheFuture(StrangeProviders.MakesNothing.class)
                .provider(StrangeProviders.Nameless.class);
    try (StrangeLoader loader = loader(all, dir)) {
      assertThatExceptionOfType(LimiterConfigException.class)
          .isThrownBy(() -> InContext.of(loader, () -> Limiters.policy("mine", Map.of())))
          .withMessageContainingAll(
              "com.example.Gone",
              "LacksItsParent",
              "ThrowsWhenMade",
              "MakesNothing",
              "Nameless",
              "Present: strange, strange-policy");
    }
  }

  @Test
  void commentsInAServicesFileAreNoProviders(@TempDir Path dir) throws Exception {
    UnaryOperator<JarBuilder> commented =
        jar ->
            jar.line("# com.example.Commented")
                .line("")
                .line(StrangeProviders.LacksItsParent.class.getName() + " # absent")
                .with(StrangeProviders.LacksItsParent.class);
    try (StrangeLoader loader = loader(commented, dir)) {
      assertThatExceptionOfType(LimiterConfigException.class)
          .isThrownBy(() -> InContext.of(loader, () -> Limiters.policy("mine", Map.of())))
          .withMessageContaining(StrangeProviders.LacksItsParent.class.getName() + ": ")
          .withMessageNotContaining("Commented");
    }
  }

  /** A good provider before the broken one, and another after it. */
  private static StrangeLoader loader(UnaryOperator<JarBuilder> broken, Path dir) throws Exception {
    return StrangeLoader.of(
        StrangeLoader.jar().provider(StrangeProvider.class).in(dir.resolve("before.jar")),
        broken.apply(StrangeLoader.jar()).in(dir.resolve("broken.jar")),
        StrangeLoader.jar().provider(StrangeProviders.Policy.class).in(dir.resolve("after.jar")));
  }
}
