package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.demo.KeyFlood.Counts;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class FloodTest {
  private final ManualTime time = new ManualTime();

  @Test
  void itComesAfterTheQuietAndGoes() {
    Flood flood = new Flood(2, 3, 1);
    assertThat(IntStream.rangeClosed(1, 7).filter(flood::isQuiet)).containsExactly(1, 2);
    assertThat(IntStream.rangeClosed(1, 7).filter(flood::isFlooded)).containsExactly(3, 4, 5);
    assertThat(flood.length()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void itIsScaledWithTheOtherPhasesAndBringsAMillionKeysByDefault() {
    assertThat(Flood.scaled(10)).isEqualTo(new Flood(2, 8, 2));
    assertThat(Flood.scaled(20)).isEqualTo(new Flood(2, 16, 2));
    assertThat(Flood.scaled(2)).isEqualTo(new Flood(2, 3, 2));
    assertThat(Flood.scaled(10).flooded() * Flood.KEYS_PER_SECOND).isGreaterThan(1_000_000);
  }

  @Test
  void keysBeyondTheBoundAreRefusedUntilOthersCanBeForgotten() {
    try (Limits limits = limits();
        KeyFlood flood = new KeyFlood(Tenants.of(limits))) {
      flood.tryKeys(10);
      assertThat(flood.endSecond()).isEqualTo(new Counts(10, 3));
      assertThat(flood.mostHeld()).isEqualTo(3);

      time.advance(Duration.ofSeconds(1)); // all three buckets are full again
      flood.tryKeys(2);
      flood.tryKeys(2);
      Counts second = flood.endSecond();
      assertThat(second).isEqualTo(new Counts(4, 3));
      assertThat(second.refused()).isEqualTo(1);
      assertThat(flood.mostHeld()).isEqualTo(3);
      assertThat(flood.endSecond()).isEqualTo(Counts.NONE);
    }
  }

  private Limits limits() {
    return new Limits(
        Map.of(
            "tenants.type", "per-key",
            "tenants.limiter", "token-bucket",
            "tenants.limiter.rate", "1/s",
            "tenants.max-keys", "3"),
        LimiterEnvironment.system().withTimeSource(time).withExecutor(time));
  }
}
