package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LimiterConfigTest {
  private static final ConfigOption<Rate> RATE =
      ConfigOption.required("rate", Rate.class, "permits per time");
  private static final ConfigOption<Duration> MAX_WAIT =
      ConfigOption.of("max-wait", Duration.class, Duration.ofSeconds(3), "the longest wait");
  private static final ConfigOption<Long> CAPACITY =
      ConfigOption.of("capacity", Long.class, null, "a second's worth by default");

  @Test
  void aValueGivenTakesThePlaceOfTheDefault() {
    assertThat(config(Map.of("max-wait", "250ms")).get(MAX_WAIT)).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void anOptionLeftOutHasItsDefault() {
    assertThat(config(Map.of()).get(MAX_WAIT)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aDefaultThatDependsOnOtherOptionsIsNull() {
    assertThat(config(Map.of()).get(CAPACITY)).isNull();
  }

  /** Promises: Look-up. */
  @Test
  void aRequiredOptionLeftOutIsNamedWithItsMeaningAndWhatIsAccepted() {
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> config(Map.of()).get(RATE))
        .withMessageContainingAll(
            "'payments'", "'rate'", "missing", "permits per time", "100/s, 5/m");
  }

  @Test
  void aGroupIsReadWithoutItsPrefix() {
    LimiterConfig group = config(Map.of("limiter.rate", "5/m", "rate", "1/h")).nested("limiter");

    assertThat(group.get(RATE)).isEqualTo(Rate.parse("5/m"));
    assertThat(group.get(MAX_WAIT)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aGroupOfAGroupIsReadWithoutBothPrefixes() {
    LimiterConfig inner =
        config(Map.of("limiter.limiter.rate", "5/m")).nested("limiter").nested("limiter");

    assertThat(inner.get(RATE)).isEqualTo(Rate.parse("5/m"));
  }

  @Test
  void aNameThatOnlyStartsAlikeIsNotInTheGroup() {
    LimiterConfig group = config(Map.of("limiters.rate", "5/m", "limiter", "x")).nested("limiter");

    assertThatExceptionOfType(LimiterConfigException.class).isThrownBy(() -> group.get(RATE));
  }

  /** Promises: Look-up. */
  @Test
  void errorsInAGroupNameTheFullPath() {
    LimiterConfig group = config(Map.of("limiter.limiter.max-wait", "soon")).nested("limiter");

    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> group.get(RATE))
        .withMessageContainingAll("'payments'", "'limiter.rate'");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> group.nested("limiter").get(MAX_WAIT))
        .withMessageContainingAll("'payments'", "'limiter.limiter.max-wait'", "'soon'", "250ms");
  }

  @Test
  void aGroupHasTheEnvironmentOfTheWhole() {
    LimiterEnvironment environment = LimiterEnvironment.system().withName("payments");
    LimiterConfig config = LimiterConfig.of("payments", Map.of(), environment);

    assertThat(config.environment()).isSameAs(environment);
    assertThat(config.nested("limiter").environment()).isSameAs(environment);
  }

  @Test
  void laterChangesOfTheMapChangeNothing() {
    Map<String, String> options = new HashMap<>(Map.of("rate", "5/m"));
    LimiterConfig config = config(options);

    options.put("rate", "never");

    assertThat(config.get(RATE)).isEqualTo(Rate.parse("5/m"));
  }

  @Test
  void nullIsRefused() {
    LimiterEnvironment environment = LimiterEnvironment.system();
    assertThatNullPointerException()
        .isThrownBy(() -> LimiterConfig.of(null, Map.of(), environment));
    assertThatNullPointerException().isThrownBy(() -> LimiterConfig.of("x", null, environment));
    assertThatNullPointerException().isThrownBy(() -> LimiterConfig.of("x", Map.of(), null));
  }

  @Test
  void anOptionSaysWhatItWasMadeOf() {
    assertThat(MAX_WAIT.name()).isEqualTo("max-wait");
    assertThat(MAX_WAIT.type()).isEqualTo(Duration.class);
    assertThat(MAX_WAIT.defaultValue()).isEqualTo(Duration.ofSeconds(3));
    assertThat(MAX_WAIT.description()).isEqualTo("the longest wait");
    assertThat(MAX_WAIT.isRequired()).isFalse();
    assertThat(RATE.isRequired()).isTrue();
    assertThat(RATE.defaultValue()).isNull();
    assertThat(MAX_WAIT).hasToString("max-wait (Duration)");
  }

  @Test
  void aRequiredTextLeftOutMayBeAnyText() {
    ConfigOption<String> region = ConfigOption.required("region", String.class, "for tests");
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> config(Map.of()).get(region))
        .withMessageEndingWith("accepted is text");
  }

  @Test
  void anOptionOfATypeThatNobodyCanReadIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConfigOption.of("on", StringBuilder.class, null, "for tests"))
        .withMessageContainingAll("'on'", "java.lang.StringBuilder", "accepted are int, long");
  }

  private static LimiterConfig config(Map<String, String> options) {
    return LimiterConfig.of("payments", options, LimiterEnvironment.system());
  }
}
