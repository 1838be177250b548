package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Rate;
import io.asynctools.api.spi.LimiterConfig;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketProvider;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a key costs beside itself. As measured by what a thread allocates, with references of four
 * bytes: a virtual machine with less than 32 GiB.
 *
 * <p>Promises: All 13.
 */
@Tag("unit")
class SmallTest {
  private static final int MANY = 100_000;

  @Test
  void anEntryIsOfFortyEightBytes() throws ReflectiveOperationException {
    Creation creation = new Creation();
    assertThat(bytesOf(i -> new Entry<>("key", i, creation))).isLessThanOrEqualTo(48);
  }

  @Test
  void aBucketBesideItsSharedConfigurationIsOfFiftySixBytes() throws ReflectiveOperationException {
    ManualTime time = new ManualTime();
    LimiterConfig config =
        LimiterConfig.of(
            "tenants",
            Map.of("rate", "10/s"),
            LimiterEnvironment.system().withTimeSource(time).withExecutor(time));
    Supplier<?> buckets = new TokenBucketProvider().prepare(config);
    assertThat(bytesOf(i -> buckets.get())).isLessThanOrEqualTo(56);
  }

  @Test
  void aUseOfAKeyThatIsThereAllocatesNothing() throws ReflectiveOperationException {
    ManualTime time = new ManualTime();
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofSeconds(1))
            .timeSource(time)
            .executor(time)
            .build(
                key -> TokenBucketRateLimiter.builder(Rate.perSecond(1)).timeSource(time).build());
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire()).isPresent();
    assertThat(bytesOf(i -> view.tryAcquire().orElse(null))).isZero();
  }

  /**
   * How much each costs; the least of some rounds, since the first load classes. By reflection,
   * since the module under test does not read the one that knows.
   */
  private static long bytesOf(IntFunction<?> maker) throws ReflectiveOperationException {
    Object threads =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getThreadMXBean")
            .invoke(null);
    Class<?> type = Class.forName("com.sun.management.ThreadMXBean"); // not of every machine
    assumeTrue(type.isInstance(threads), "a virtual machine that counts what threads allocate");
    Method allocated = type.getMethod("getThreadAllocatedBytes", long.class);
    long me = Thread.currentThread().getId();
    Object[] kept = new Object[MANY]; // so that nothing is optimised away
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 3; round++) {
      long before = (long) allocated.invoke(threads, me);
      for (int i = 0; i < MANY; i++) {
        kept[i] = maker.apply(i);
      }
      least = Math.min(least, (long) allocated.invoke(threads, me) - before);
    }
    assertThat(kept).hasSize(MANY);
    return least / MANY; // the measuring itself costs some bytes, in all
  }
}
