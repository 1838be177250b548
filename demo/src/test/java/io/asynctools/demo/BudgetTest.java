package io.asynctools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class BudgetTest {
  @Test
  void itIsTheShareOfTheCallsAndTheFloorWithASecondInAdvance() {
    assertThat(new Budget(0.2, Rate.perSecond(3)).allows(1_000, 10)).isEqualTo(200 + 30 + 3);
  }

  @Test
  void aFloorBelowOneASecondHasOneInAdvance() {
    assertThat(new Budget(0.5, Rate.parse("1/10s")).allows(0, 20)).isEqualTo(2 + 1);
  }

  @Test
  void itIsReadFromWhatTheRetryIsMadeFrom() {
    try (Limits limits =
        new Limits(
            Map.of(
                "some.type", "retry",
                "some.budget-share", "0.25",
                "some.budget-floor", "5/s",
                "other.type", "retry"),
            LimiterEnvironment.system())) {
      assertThat(Budget.of(limits, "some")).hasValue(new Budget(0.25, Rate.perSecond(5)));
      assertThat(Budget.of(limits, "other")).isEmpty();
    }
  }
}
