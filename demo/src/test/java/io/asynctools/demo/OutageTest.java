package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class OutageTest {
  @Test
  void itGoesFromWellToFlakyToHangingToFailingToWell() {
    Outage outage = new Outage(1, 2, 1, 1, 2);
    assertThat(IntStream.rangeClosed(1, 8).mapToObj(outage::at))
        .containsExactly(
            Health.WELL,
            Health.FLAKY,
            Health.FLAKY,
            Health.HANGING,
            Health.FAILING,
            Health.WELL,
            Health.WELL,
            Health.WELL);
    assertThat(IntStream.rangeClosed(1, 8).filter(outage::isDown)).containsExactly(4, 5);
    assertThat(outage.lastSecond()).isEqualTo(5);
    assertThat(outage.length()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void itIsScaledWithTheOtherPhasesButNeverTooShortToShowItsPoint() {
    assertThat(Outage.scaled(10)).isEqualTo(new Outage(2, 4, 3, 3, 5));
    assertThat(Outage.scaled(20)).isEqualTo(new Outage(4, 8, 6, 6, 10));
    assertThat(Outage.scaled(2)).isEqualTo(new Outage(1, 2, 2, 2, 4));
  }
}
