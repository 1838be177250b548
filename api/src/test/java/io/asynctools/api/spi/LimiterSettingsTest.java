package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.LimiterConfigException;
import io.asynctools.api.LimiterEnvironment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LimiterSettingsTest {
  private static final LimiterEnvironment SYSTEM = LimiterEnvironment.system();

  @Test
  void theDefaultsAreAnUnboundedWaitAndAMillionWaiters() {
    LimiterSettings settings = LimiterSettings.of(SYSTEM, "token-bucket");

    assertThat(settings.name()).isEqualTo("token-bucket");
    assertThat(settings.maxWait()).isNull();
    assertThat(settings.maxWaiters()).isEqualTo(1 << 20);
    assertThat(settings.timeSource()).isSameAs(SYSTEM.timeSource());
    assertThat(settings.executor()).isSameAs(SYSTEM.executor());
  }

  @Test
  void theNameOfTheEnvironmentComesFirst() {
    assertThat(LimiterSettings.of(SYSTEM.withName("payments"), "token-bucket").name())
        .isEqualTo("payments");
  }

  @Test
  void aConfigurationSaysHowLongAndHowManyMayWait() {
    LimiterSettings settings =
        LimiterSettings.of(config(Map.of("max-wait", "250ms", "max-waiters", "7")), "x");

    assertThat(settings.maxWait()).isEqualTo(Duration.ofMillis(250));
    assertThat(settings.maxWaiters()).isEqualTo(7);
    assertThatExceptionOfType(LimiterConfigException.class)
        .isThrownBy(() -> LimiterSettings.of(config(Map.of("max-waiters", "many")), "x"))
        .withMessageContainingAll("'max-waiters'", "'many'");
  }

  @Test
  void copiesDifferInWhatTheySay() {
    LimiterSettings settings = LimiterSettings.of(SYSTEM, "x");
    Executor executor = Runnable::run;

    assertThat(settings.withName("y").name()).isEqualTo("y");
    assertThat(settings.withExecutor(executor).executor()).isSameAs(executor);
    assertThat(settings.withMaxWait(Duration.ZERO).maxWait()).isZero();
    assertThat(settings.withMaxWaiters(0).maxWaiters()).isZero();
    assertThat(settings.withTimeSource(SYSTEM.timeSource())).isEqualTo(settings);
  }

  @Test
  void aWaitThatNanosecondsCannotCountIsUnbounded() {
    assertThat(LimiterSettings.nanosOf(Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(LimiterSettings.nanosOf(Duration.ofNanos(7))).isEqualTo(7);
  }

  @Test
  void whatCannotBeIsRefusedByNameAndValue() {
    LimiterSettings settings = LimiterSettings.of(SYSTEM, "x");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withName(" "))
        .withMessageContainingAll("name", "' '");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withMaxWait(Duration.ofMillis(-1)))
        .withMessageContainingAll("maxWait", "PT-0.001S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.withMaxWaiters(-1))
        .withMessageContainingAll("maxWaiters", "-1");
  }

  private static LimiterConfig config(Map<String, String> options) {
    return LimiterConfig.of("x", options, SYSTEM);
  }

  @Test
  void aLongestWaitWithoutWaitersHasNoEffectAndIsRefused() {
    LimiterSettings none = LimiterSettings.of(LimiterEnvironment.system(), "x").withMaxWaiters(0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> none.withMaxWait(Duration.ofSeconds(5)))
        .withMessageContainingAll("maxWait (PT5S) has no effect", "maxWaiters 0");
    assertThat(none.withMaxWait(Duration.ZERO).maxWaiters()).isZero();
    assertThat(none.withMaxWait(null).maxWaiters()).isZero();
  }
}
