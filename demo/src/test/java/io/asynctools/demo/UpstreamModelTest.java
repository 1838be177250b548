package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class UpstreamModelTest {
  private final UpstreamModel model = new UpstreamModel(4, Duration.ofMillis(100), 10, 20, 3.0);

  @Test
  void serviceTakesItsTimeWhileTheLineIsComfortable() {
    assertThat(model.serviceNanos(0)).isEqualTo(100_000_000);
    assertThat(model.serviceNanos(10)).isEqualTo(100_000_000);
  }

  @Test
  void serviceSlowsDownWithTheSquareOfWhatIsTooMuch() {
    assertThat(model.serviceNanos(15)).isEqualTo(150_000_000);
    assertThat(model.serviceNanos(20)).isEqualTo(300_000_000);
  }

  @Test
  void overloadCostsThroughput() {
    assertThat(model.capacityPerSecond()).isEqualTo(40.0);
    assertThat(model.collapsedPerSecond()).isLessThan(13.4).isGreaterThan(13.3);
  }

  @Test
  void theDemosUpstreamDoesTwoHundredASecond() {
    assertThat(UpstreamModel.FRAGILE.capacityPerSecond()).isEqualTo(200.0);
  }

  @Test
  void aLineThatIsFullBeforeItIsUncomfortableIsRefused() {
    assertThatThrownBy(() -> new UpstreamModel(4, Duration.ofMillis(100), 10, 10, 3.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("comfortable");
  }
}
