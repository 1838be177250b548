package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A configuration is read to its end, so that its user mends it once.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class AllErrorsTest {
  private StrangeLoader loader;

  @BeforeEach
  void openLoader(@TempDir Path dir) throws Exception {
    loader =
        StrangeLoader.of(
            StrangeLoader.jar()
                .provider(StrangeProvider.class)
                .provider(StrangeProviders.Keyed.class)
                .provider(StrangeProviders.Policy.class)
                .provider(StrangeProviders.Secretive.class)
                .in(dir.resolve("strange.jar")));
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  private LimiterSet load(Map<String, String> properties) {
    return InContext.of(loader, () -> Limiters.load(properties));
  }

  @Test
  void allOptionsOfALimiterAreReportedAtOnce() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(
            () ->
                load(
                    Map.of(
                        "pay.type", "strange",
                        "pay.rat", "5/m",
                        "pay.colour", "red",
                        "pay.rate", "fast",
                        "pay.max-wait", "soon")))
        .withMessageStartingWith("4 errors in the configuration:\n- limiter 'pay': ")
        .satisfies(
            e ->
                assertThat(e.errors())
                    .hasSize(4)
                    .allSatisfy(each -> assertThat(e.getMessage()).contains("\n- " + each)));
  }

  @Test
  void allLimitsOfASetAreReportedAtOnce() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(
            () ->
                load(
                    Map.of(
                        "a.type", "strange",
                        "a.rate", "fast",
                        "b.type", "strangr",
                        "c.rate", "5/m",
                        "d.type", "strange",
                        "d.max-wait", "PT-1S",
                        "lonely", "x")))
        .satisfies(
            e ->
                assertThat(e.errors())
                    .hasSize(5)
                    .anySatisfy(each -> assertThat(each).contains("'a'", "'fast'"))
                    .anySatisfy(each -> assertThat(each).contains("'b'", "'strangr'"))
                    .anySatisfy(each -> assertThat(each).contains("'c.type' is missing"))
                    .anySatisfy(each -> assertThat(each).contains("'d'", "PT-1S"))
                    .anySatisfy(each -> assertThat(each).contains("property 'lonely'")));
  }

  @Test
  void theOptionsOfALimiterWithinAreAmongThem() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(
            () ->
                load(
                    Map.of(
                        "a.type", "secretive",
                        "a.rate", "fast",
                        "a.limiter", "strange",
                        "a.limiter.rat", "5/m",
                        "a.limiter.max-wait", "soon")))
        .satisfies(
            e ->
                assertThat(e.errors())
                    .hasSize(4)
                    .anySatisfy(each -> assertThat(each).contains("'redis.uri' is missing"))
                    .anySatisfy(each -> assertThat(each).contains("'rate'", "'fast'"))
                    .anySatisfy(
                        each ->
                            assertThat(each)
                                .contains("'limiter.rat'; did you mean 'limiter.rate'?"))
                    .anySatisfy(each -> assertThat(each).contains("'limiter.max-wait'", "'soon'")));
  }

  @Test
  void oneErrorIsItsOwnMessage() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> load(Map.of("a.type", "strange", "a.rate", "fast")))
        .satisfies(e -> assertThat(e.errors()).containsExactly(e.getMessage()));
  }

  @Test
  void optionsOfALimiterWithinThatIsNotNamedDoNothingAndAreRefused() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(
            () -> load(Map.of("a.type", "secretive", "a.redis.uri", "ok", "a.limiter.rate", "5/m")))
        .withMessageContaining("option 'limiter.rate' has no effect without 'limiter'");
  }
}
