package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class LoadProfileTest {
  private static final long SECOND = 1_000_000_000;
  private final LoadProfile profile = LoadProfile.overload(Duration.ofSeconds(9), 200);

  @Test
  void itRampsUpThenStaysWithABurstOnTop() {
    assertThat(profile.rateAt(0)).isEqualTo(100);
    assertThat(profile.rateAt(3 * SECOND / 2)).isEqualTo(300);
    assertThat(profile.rateAt(3 * SECOND)).isEqualTo(500);
    assertThat(profile.rateAt(55 * SECOND / 10)).isEqualTo(600);
    assertThat(profile.rateAt(7 * SECOND)).isEqualTo(500);
  }

  @Test
  void requestsAreDueAtItsRate() {
    int requests = 0;
    for (long due = 0; due < profile.length().toNanos(); due = profile.nextAfter(due)) {
      requests++;
    }
    // 3 s of 300 on average, 6 s of 500, and 100 more for 0.9 s.
    assertThat(requests).isBetween(3_985, 3_995);
  }

  @Test
  void anEasyLoadIsEven() {
    LoadProfile easy = LoadProfile.easy(Duration.ofSeconds(2), 200);
    assertThat(easy.rateAt(0)).isEqualTo(100);
    assertThat(easy.rateAt(13 * SECOND / 10)).isEqualTo(100);
  }
}
