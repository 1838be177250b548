package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LimiterEnvironmentTest {
  private final LimiterEnvironment system = LimiterEnvironment.system();

  @Test
  void theSystemsHasNoNameAndTheSystemsClock() {
    assertThat(system.name()).isEmpty();
    assertThat(system.timeSource()).isSameAs(TimeSource.system());
    assertThat(LimiterEnvironment.system()).isSameAs(system);
  }

  @Test
  void copiesDifferInOneThing() {
    TimeSource coarse = TimeSource.coarse(Duration.ofMillis(1));
    Executor executor = Runnable::run;

    LimiterEnvironment environment =
        system.withName("payments").withTimeSource(coarse).withExecutor(executor);

    assertThat(environment.name()).contains("payments");
    assertThat(environment.timeSource()).isSameAs(coarse);
    assertThat(environment.executor()).isSameAs(executor);
    assertThat(environment.withName("mail").timeSource()).isSameAs(coarse);
    assertThat(environment.withName("mail").executor()).isSameAs(executor);
  }

  @Test
  void theOriginalOfACopyStaysAsItIs() {
    LimiterEnvironment payments = system.withName("payments");
    payments.withName("mail");

    assertThat(payments.name()).contains("payments");
    assertThat(system.name()).isEmpty();
  }

  @Test
  void aBlankNameIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> system.withName(" "))
        .withMessageContainingAll("name", "' '");
  }

  @Test
  void nullIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> system.withName(null));
    assertThatNullPointerException().isThrownBy(() -> system.withTimeSource(null));
    assertThatNullPointerException().isThrownBy(() -> system.withExecutor(null));
  }
}
