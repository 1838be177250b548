package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Long waits of many keys are logged once, not once per key.
 *
 * <p>Promises: All 8.
 */
@Tag("unit")
class LongWaitsOfKeysTest {

  @Test
  void manyKeysWithLongWaitsLogOneLine() {
    ManualTime time = new ManualTime();
    try (Logged log = new Logged()) {
      PerKeyRateLimiter<Integer, TokenBucketRateLimiter> keys =
          PerKeyRateLimiter.builder()
              .timeSource(time)
              .build(
                  key ->
                      TokenBucketRateLimiter.builder(Rate.parse("1/h"))
                          .name("key " + key)
                          .timeSource(time)
                          .build());
      for (int key = 0; key < 1_000; key++) {
        keys.forKey(key).tryAcquire();
        keys.forKey(key).acquire();
        keys.forKey(key).acquire();
      }

      assertThat(log.entries()).hasSize(1);
    }
  }
}
