package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.asynctools.api.strangers.InContext;
import io.asynctools.api.strangers.StrangeLoader;
import io.asynctools.api.strangers.StrangeProvider;
import io.asynctools.api.strangers.StrangeProviders;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a user misspells or misplaces, a credential is shown nowhere: not in the message, not in
 * a cause, not in a stack trace.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class NoCredentialIsShownTest {
  private static final List<String> PASSWORDS =
      List.of(
          "opensesame1", "s3cr3tpass", "pa55@word99", "pa55:word99", "Tr0ub4dor&3", "x9/y8z7w6");

  /** A password alone may stand only where a value stands: names are shown. */
  private static final List<String> FORMS =
      List.of(
          "%s",
          "redis://app:%s@host:6379",
          "REDISS://APP:%s@HOST",
          "redis://:%s@host/0",
          "app:%s@host",
          "app:%s",
          "//app:%s@host",
          "redis%%3A%%2F%%2Fapp%%3A%s%%40host",
          "redis://host?password=%s",
          "?password=%s",
          "{uri=redis://app:%s@host}",
          "redis://one,redis://app:%s@two",
          "100/s\nredis://app:%s@host",
          "\ufeffredis://app:%s@host",
          "redis://app:%s\uff20host",
          "Bearer %s",
          "throw redis://app:%s@host");

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

  static List<String> forms() {
    return FORMS;
  }

  @ParameterizedTest
  @MethodSource("forms")
  void inTheValueOfAnyOption(String form) {
    for (String password : PASSWORDS) {
      String text = form.formatted(password);
      for (String option :
          List.of(
              "url",
              "redis.url",
              "redis.password",
              "limiter",
              "limiter.x",
              "redis.uri",
              "rate",
              "max-wait",
              "max-keys",
              "share",
              "capacity",
              "cluster",
              "mode",
              "classes",
              "enabled")) {
        Map<String, String> properties = new HashMap<>();
        properties.put("pay.type", "secretive");
        properties.put("pay.redis.uri", "ok");
        properties.put("pay." + option, text);
        assertHidden(properties, password);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void inTheOptionOfALimiterWithin(String form) {
    for (String password : PASSWORDS) {
      String text = form.formatted(password);
      for (String option : List.of("rate", "max-wait", "rat", "half-open-max-calls")) {
        Map<String, String> properties = new HashMap<>();
        properties.put("pay.type", "secretive");
        properties.put("pay.redis.uri", "ok");
        properties.put("pay.limiter", "strange");
        properties.put("pay.limiter." + option, text);
        assertHidden(properties, password);
        properties.put("pay.limiter", "secretive");
        properties.put("pay.limiter.redis.uri", text);
        assertHidden(properties, password);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void asATypeOrInAPropertyThatIsNoLimits(String form) {
    for (String password : PASSWORDS) {
      String text = form.formatted(password);
      assertHidden(Map.of("pay.type", text, "pay.rate", "1/s"), password);
      assertHidden(Map.of("redis", text), password);
      assertHidden(Map.of("pay.redis.uri", text), password);
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void inTheNameOfAnOptionOrALimiter(String form) {
    if (form.equals("%s") || form.startsWith("Bearer")) {
      return;
    }
    for (String password : PASSWORDS) {
      String text = form.formatted(password);
      assertHidden(Map.of("pay.type", "strange", "pay." + text, "1/s"), password);
      assertHidden(Map.of("pay.type", "strange", "pay.limitr." + text, "1/s"), password);
      assertHidden(Map.of(text + ".rate", "1/s"), password);
      assertHidden(Map.of(text + ".rat", "1/s", text + ".type", "strange"), password);
      assertHidden(Map.of(text, "1/s"), password);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis.url", "redis.password", "uri", "pasword"})
  void theNameOfAnUnknownOptionIsShown(String option) {
    Throwable thrown =
        catchThrowable(() -> load(Map.of("pay.type", "strange", "pay." + option, "opensesame")));
    assertThat(thrown).hasMessageContaining("unknown option '" + option + "'");
    assertThat(trace(thrown)).doesNotContain("opensesame");
  }

  private void assertHidden(Map<String, String> properties, String password) {
    Throwable thrown = catchThrowable(() -> load(properties));
    assertThat(thrown).as("%s", properties).isInstanceOf(LimiterConfigException.class);
    assertThat(trace(thrown)).as("%s", properties).doesNotContain(parts(password));
  }

  private static List<String> parts(String password) {
    List<String> parts = new ArrayList<>();
    for (String part : password.split("[@:/&]", -1)) {
      if (part.length() > 3) { // the frames of a stack trace hold numbers
        parts.add(part);
      }
    }
    return parts;
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
