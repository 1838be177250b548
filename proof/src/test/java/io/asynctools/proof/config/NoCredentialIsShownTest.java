package io.asynctools.proof.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterSet;
import io.asynctools.api.Limiters;
import io.asynctools.api.spi.ConfigOption;
import io.asynctools.api.spi.LimiterProvider;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * A credential that is misspelled or misplaced in a configuration, of whatever strategy, is shown
 * nowhere: not in the message, not in a cause, not in a stack trace, not by {@code toString}.
 *
 * <p>Promises: Look-up.
 */
@Tag("unit")
class NoCredentialIsShownTest {
  private static final List<String> SECRETS =
      List.of("s3cr3tPassw0rd", "p@ss:w/rd9", "Tr0ub4dor%263", "hunter2hunter2");
  private static final List<String> FORMS =
      List.of(
          "redis://app:%s@host:6379",
          "rediss://app:%s@host:6379/0",
          "redis://:%s@host",
          "app:%s@host",
          "%s@host",
          "redis-sentinel://%s@a:1,b:2/0#main",
          "redis://host:6379?password=%s",
          "host:6379,password=%s",
          "https://user:%s@api.example.com/v1",
          "Bearer %s",
          "{uri=redis://app:%s@host}",
          "redis://app:%s@host:notaport",
          "REDIS://APP:%s@HOST",
          " redis://app:%s@host ",
          "redis://app:%s@host\n");
  private static final List<String> NAMES =
      List.of(
          "redis.url",
          "redis.password",
          "redis.pasword",
          "redis.uri",
          "redis.Uri",
          "redis.user",
          "uri",
          "url",
          "password",
          "secret",
          "token",
          "credentials",
          "enabled",
          "limiter.rate",
          "limiter.redis.uri",
          "limiter");

  @Provide
  Arbitrary<LimiterProvider<?>> providers() {
    List<LimiterProvider<?>> all = new ArrayList<>();
    ServiceLoader.load(LimiterProvider.class).forEach(all::add);
    assertThat(all).hasSizeGreaterThanOrEqualTo(6);
    return Arbitraries.of(all);
  }

  @Property(tries = 2_000)
  void aMisplacedCredentialIsShownNowhere(
      @ForAll("providers") LimiterProvider<?> provider,
      @ForAll("forms") String form,
      @ForAll("secrets") String secret,
      @ForAll("places") int place) {
    String text = form.replace("%s", secret);
    List<String> names = new ArrayList<>(NAMES);
    for (ConfigOption<?> option : provider.options()) {
      names.add(option.name().replace(".*", ".rate"));
    }
    Map<String, String> properties = new TreeMap<>();
    properties.put("pay.type", provider.name());
    switch (place % 4) {
      case 0 -> properties.put("pay." + text, "1");
      case 1 -> properties.put("pay.type", text);
      default -> properties.put("pay." + names.get(place % names.size()), text);
    }

    Throwable error = catchThrowable(() -> close(Limiters.load(properties)));

    if (error != null) {
      assertThat(error).isInstanceOf(LimiterConfigException.class);
      StringWriter trace = new StringWriter();
      error.printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).doesNotContain(secret).doesNotContain(secret.substring(2, 10));
    }
  }

  private static void close(LimiterSet limits) {
    assertThat(limits.toString()).doesNotContain("hunter", "s3cr3t", "p@ss", "Tr0ub");
    limits.close();
  }

  @Provide
  Arbitrary<String> forms() {
    return Arbitraries.of(FORMS);
  }

  @Provide
  Arbitrary<String> secrets() {
    return Arbitraries.of(SECRETS);
  }

  @Provide
  Arbitrary<Integer> places() {
    return Arbitraries.integers().between(0, 199);
  }
}
