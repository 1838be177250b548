package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("unit")
class QuotaPolicyTest {
  @ParameterizedTest
  @CsvSource({
    "180/s,180,1,180",
    "100/m,100,60,1",
    "1/10s,1,10,1",
    "2.5/s,5,2,2",
    "5/1500ms,10,3,3",
    "1/ms,1000,1,1000",
    "3/7us,3000000,7,428571",
    // Beyond 15 digits a structured field has no number.
    "999999999999/ns,999999999999999,1,999999999999999",
  })
  void aRateIsAQuotaInTheShortestWindowOfWholeSeconds(
      String rate, long quota, long window, long capacity) {
    assertThat(QuotaPolicy.of("limit", Rate.parse(rate)))
        .isEqualTo(new QuotaPolicy("limit", quota, window, capacity));
  }

  @Test
  void theCapacityIsTheConfiguredOne() {
    Map<String, String> properties = Map.of("up.rate", "180/s", "up.capacity", "10");
    assertThat(QuotaPolicy.of("up", properties)).contains(new QuotaPolicy("up", 180, 1, 10));
  }

  @Test
  void aLimitWithoutARateHasNoPolicyToTell() {
    assertThat(QuotaPolicy.of("up", Map.of("up.type", "semaphore", "other.rate", "1/s"))).isEmpty();
  }

  @Test
  void aRequestComesBackAfterItsShareOfTheWindowRoundedUp() {
    assertThat(new QuotaPolicy("up", 180, 1, 10).secondsPerRequest()).isEqualTo(1);
    assertThat(new QuotaPolicy("up", 1, 10, 1).secondsPerRequest()).isEqualTo(10);
    assertThat(new QuotaPolicy("up", 3, 10, 1).secondsPerRequest()).isEqualTo(4);
    assertThat(new QuotaPolicy("up", 5, 10, 1).secondsPerRequest()).isEqualTo(2);
  }
}
