package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * On the system's clock and timer, and the library's own threads. That no waiter is early is
 * certain; that none is late needs an idle machine, so that only the best tenth is looked at.
 *
 * <p>Promises: Token bucket 3.
 */
@Tag("slow")
@Timeout(120)
class OnRealTimeTest {
  private static final long INTERVAL = Duration.ofMillis(5).toNanos();
  private static final int WAITS = 600;

  @Test
  void aWaiterIsGrantedAtItsTokenAndWithinTwoMilliseconds() throws Exception {
    long before = System.nanoTime();
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(200)).initialTokens(0).build();
    long after = System.nanoTime();
    long[] late = new long[WAITS];
    for (int i = 0; i < WAITS; i++) {
      bucket.acquire().get();
      long now = System.nanoTime();
      long token = (i + 1) * INTERVAL;
      assertThat(now - before).as("grant %s", i).isGreaterThanOrEqualTo(token);
      late[i] = now - after - token;
    }
    Arrays.sort(late);
    assertThat(late[WAITS / 10])
        .as("how late the best tenth is, in ns")
        .isLessThan(Duration.ofMillis(2).toNanos());
  }
}
