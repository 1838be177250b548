package io.asynctools.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.strangers.StrangeLimiter;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a stranger's limiter and permit get for nothing. */
@Tag("unit")
class InterfaceDefaultsTest {

  /** Promises: All 5. */
  @Test
  void aPermitThatOnlyReleasesEndsInEveryWay() {
    AtomicInteger released = new AtomicInteger();
    Permit permit = released::incrementAndGet;

    permit.recordSuccess();
    permit.recordFailure(new IllegalStateException());
    permit.close();

    assertThat(released).hasValue(3);
  }

  @Test
  void aLimiterThatKnowsNoWaitEstimatesNone() {
    AsyncRateLimiter limiter = new StrangeLimiter("x", task -> {});

    assertThat(limiter.estimateWait(7)).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> limiter.estimateWait(0))
        .withMessageContainingAll("permits", "0");
  }
}
