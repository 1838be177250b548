package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How many limiters are looked at, and when. Walks rest after a thousand, and begin every half
 * interval; a flood of keys is refused at little cost.
 *
 * <p>Promises: Per key 3, Per key 4.
 */
@Tag("unit")
class LooksTest {
  private static final Duration MILLI = Duration.ofMillis(1);

  private final ManualTime time = new ManualTime(1_000_000_000_000L);
  private int looks;
  private Runnable whenLookedAt = () -> {};

  private final class Busy extends FakeLimiter {
    Busy() {
      super(() -> false);
    }

    @Override
    public boolean isIdle() {
      looks++;
      whenLookedAt.run();
      return false;
    }
  }

  private PerKeyRateLimiter<Integer, FakeLimiter> keys(PerKeyRateLimiter.Builder builder, int n) {
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        builder.timeSource(time).executor(time).build(key -> new Busy());
    for (int key = 0; key < n; key++) {
      keys.forKey(key).tryAcquire();
    }
    return keys;
  }

  private static PerKeyRateLimiter.Builder everySecond() {
    return PerKeyRateLimiter.builder().maxIdle(MILLI).cleanupInterval(Duration.ofSeconds(1));
  }

  @Test
  void aWalkRestsForAMillisecondAfterAThousand() {
    keys(everySecond(), 2_500);
    time.advance(Duration.ofMillis(500));
    assertThat(looks).isEqualTo(1_024);
    time.advance(MILLI.minusNanos(1));
    assertThat(looks).isEqualTo(1_024);
    time.advance(Duration.ofNanos(1));
    assertThat(looks).isEqualTo(2_048);
    time.advance(MILLI);
    assertThat(looks).isEqualTo(2_500);
  }

  @Test
  void theNextWalkBeginsHalfAnIntervalAfterThisOneHoweverLongThatTakes() {
    keys(everySecond(), 2_500);
    time.advance(Duration.ofMillis(502));
    assertThat(looks).isEqualTo(2_500);
    time.advance(Duration.ofMillis(498).minusNanos(1));
    assertThat(looks).isEqualTo(2_500);
    time.advance(Duration.ofNanos(1));
    assertThat(looks).isEqualTo(2_500 + 1_024);
  }

  @Test
  void aWalkThatIsLateRestsNoMore() {
    keys(PerKeyRateLimiter.builder().maxIdle(MILLI).cleanupInterval(Duration.ofMillis(4)), 9_000);
    time.advance(Duration.ofMillis(2));
    assertThat(looks).isEqualTo(1_024);
    time.advance(MILLI);
    assertThat(looks).isEqualTo(2_048);
    time.advance(MILLI); // when the next walk should have begun
    assertThat(looks).isEqualTo(3_072);
    time.advance(Duration.ofNanos(10));
    assertThat(looks).isEqualTo(9_000);
  }

  @Test
  void aWalkDuringWhichAllIsClosedSetsNoTimer() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(everySecond(), 2_500);
    whenLookedAt = keys::close;
    time.advance(Duration.ofMillis(500));
    assertThat(looks).isPositive();
    assertThat(time.pending()).isZero();
  }

  @Test
  void theLongestIntervalIsLegal() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxIdle(MILLI)
            .cleanupInterval(Duration.ofSeconds(Long.MAX_VALUE))
            .timeSource(time)
            .executor(time)
            .build(key -> FakeLimiter.idle());
    keys.forKey(1).tryAcquire();
    time.advance(Duration.ofHours(1));
    assertThat(keys.size()).isEqualTo(1);
  }

  @Test
  void afterALookInVainTheNextOnesLookLessFar() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        keys(PerKeyRateLimiter.builder().maxKeys(2_000), 2_000);
    assertThat(looksForOneMore(keys)).isEqualTo(1_024);
    for (int i = 0; i < 31; i++) {
      assertThat(looksForOneMore(keys)).isLessThanOrEqualTo(128 + 128); // past the end and on
    }
    assertThat(looksForOneMore(keys)).isGreaterThan(256);
  }

  @Test
  void whereThereAreNoMoreThanAThousandAllAreLookedAt() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        keys(PerKeyRateLimiter.builder().maxKeys(1_024), 1_024);
    for (int i = 0; i < 5; i++) {
      assertThat(looksForOneMore(keys)).isGreaterThanOrEqualTo(1_024);
    }
  }

  private int looksForOneMore(PerKeyRateLimiter<Integer, FakeLimiter> keys) {
    looks = 0;
    assertThat(keys.forKey(-1).tryAcquire()).isEmpty();
    return looks;
  }

  @Test
  void aLimiterThatThrowsAtItsCloseIsLoggedAndKeepsNoOtherOpen() {
    IllegalStateException broken = new IllegalStateException("will not close");
    List<FakeLimiter> made = new ArrayList<>();
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .build(
                key -> {
                  FakeLimiter limiter =
                      new FakeLimiter(() -> true) {
                        @Override
                        public void close() {
                          super.close();
                          throw broken;
                        }
                      };
                  made.add(limiter);
                  return limiter;
                });
    keys.forKey(1).tryAcquire();
    keys.forKey(2).tryAcquire();
    try (Logged logged = new Logged()) {
      keys.close();
      assertThat(logged.entries()).hasSize(2);
      assertThat(logged.entries()).allMatch(entry -> entry.thrown() == broken);
    }
    assertThat(made).allMatch(limiter -> limiter.closed.get() == 1);
  }
}
