package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Questions to a closed limiter, which said that a call would not wait. */
@Tag("unit")
class ClosedLimiterAnswersTest {
  private final Rule rule = new Rule(new ManualTime());

  @Test
  void aClosedLimiterNeverGrantsSoItsWaitIsTheLongest() {
    rule.wait = 5;
    rule.acquire();
    assertThat(rule.estimateWait(1)).isEqualTo(Duration.ofNanos(5));

    rule.close();

    assertThat(rule.estimateWait(1)).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    assertThat(rule.isIdle()).isFalse();
    assertThat(rule.waiters()).isZero();
    assertThatThrownBy(() -> rule.estimateWait(11)).isInstanceOf(IllegalArgumentException.class);
  }
}
