package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exponential, cut, spread, and safe from overflow.
 *
 * <p>Promises: Retry 1.
 */
@Tag("unit")
class BackoffTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final double ALMOST_ONE = Math.nextDown(1.0);

  private static Backoff backoff(Jitter jitter, double chance) {
    return backoff(SECOND, 60 * SECOND, 2, jitter, () -> chance);
  }

  private static Backoff backoff(
      long initial, long max, double multiplier, Jitter jitter, DoubleSupplier chance) {
    return new Backoff(initial, max, multiplier, jitter, chance);
  }

  private static LongStream delays(Backoff backoff, int attempts) {
    long[] delays = new long[attempts];
    long previous = backoff.initialNanos();
    for (int i = 0; i < attempts; i++) {
      previous = backoff.nanosAfter(i + 1, previous);
      delays[i] = previous;
    }
    return LongStream.of(delays);
  }

  @Test
  void delaysDoubleUpToTheLongest() {
    assertThat(delays(backoff(Jitter.NONE, 0), 9).map(nanos -> nanos / SECOND))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    assertThat(delays(backoff(Jitter.NONE, 0), 9)).allMatch(nanos -> nanos % SECOND == 0);
  }

  @Test
  void aMultiplierOfOneKeepsThemEqual() {
    assertThat(delays(backoff(5, 100, 1, Jitter.NONE, () -> 0), 4)).containsExactly(5L, 5L, 5L, 5L);
  }

  @Test
  void aMultiplierNeedNotBeWhole() {
    assertThat(delays(backoff(1000, 10_000, 1.5, Jitter.NONE, () -> 0), 4))
        .containsExactly(1000L, 1500L, 2250L, 3375L);
  }

  /** 1.2 is a little less in binary: what was cut off there came out a nanosecond short. */
  @Test
  void aMultiplierThatIsNotExactInBinaryCostsNoNanosecond() {
    assertThat(delays(backoff(SECOND, 60 * SECOND, 1.2, Jitter.NONE, () -> 0), 4))
        .containsExactly(1_000_000_000L, 1_200_000_000L, 1_440_000_000L, 1_728_000_000L);
    assertThat(delays(backoff(SECOND, 60 * SECOND, 1.4, Jitter.NONE, () -> 0), 3))
        .containsExactly(1_000_000_000L, 1_400_000_000L, 1_960_000_000L);
  }

  @Test
  void theFirstDelayIsTheInitialOneExactly() {
    long initial = Duration.ofDays(200).toNanos() + 1;
    assertThat(backoff(initial, Long.MAX_VALUE, 2, Jitter.NONE, () -> 0).nanosAfter(1, initial))
        .isEqualTo(initial);
  }

  @Test
  void anInitialDelayOverTheLongestIsCut() {
    for (Jitter jitter : Jitter.values()) {
      assertThat(delays(backoff(100, 7, 2, jitter, () -> ALMOST_ONE), 5))
          .allMatch(nanos -> nanos == 7);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noInitialDelayIsNoDelayAtAnyAttempt(Jitter jitter) {
    assertThat(delays(backoff(0, SECOND, 2, jitter, () -> ALMOST_ONE), 2_000))
        .allMatch(nanos -> nanos == 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {63, 64, 65, 1_000, 1_024, 1_025, 2_000, Integer.MAX_VALUE})
  void noAttemptIsTooManyForThePower(int attempt) {
    for (long max : new long[] {0, 1, SECOND, Long.MAX_VALUE}) {
      assertThat(backoff(SECOND, max, 2, Jitter.NONE, () -> 0).nanosAfter(attempt, 1))
          .isEqualTo(max);
      assertThat(backoff(SECOND, max, 1e308, Jitter.FULL, () -> 0.5).nanosAfter(attempt, 1))
          .isBetween(max / 2, max / 2 + 1);
    }
  }

  @Test
  void theLongestDelaysOfAllAreSaturatedAndNotNegative() {
    long most = Long.MAX_VALUE;
    for (Jitter jitter : Jitter.values()) {
      assertThat(delays(backoff(most, most, 3, jitter, () -> ALMOST_ONE), 5))
          .allMatch(nanos -> nanos >= most - 1_024); // what a double can tell
      assertThat(delays(backoff(most, most, 3, jitter, () -> 0), 5)).allMatch(nanos -> nanos >= 0);
    }
  }

  @Test
  void fullJitterIsBetweenNothingAndTheWhole() {
    assertThat(delays(backoff(Jitter.FULL, 0), 3)).containsExactly(0L, 0L, 0L);
    assertThat(delays(backoff(Jitter.FULL, 0.25), 3))
        .containsExactly(SECOND / 4, SECOND / 2, SECOND);
    assertThat(delays(backoff(Jitter.FULL, ALMOST_ONE), 3))
        .containsExactly(SECOND, 2 * SECOND, 4 * SECOND);
  }

  @Test
  void equalJitterIsBetweenHalfAndTheWhole() {
    assertThat(delays(backoff(Jitter.EQUAL, 0), 3)).containsExactly(SECOND / 2, SECOND, 2 * SECOND);
    assertThat(delays(backoff(Jitter.EQUAL, 0.5), 2))
        .containsExactly(3 * SECOND / 4, 3 * SECOND / 2);
    assertThat(delays(backoff(Jitter.EQUAL, ALMOST_ONE), 3))
        .containsExactly(SECOND, 2 * SECOND, 4 * SECOND);
    assertThat(delays(backoff(3, 3, 2, Jitter.EQUAL, () -> 0), 1)).containsExactly(1L);
    assertThat(delays(backoff(3, 3, 2, Jitter.EQUAL, () -> ALMOST_ONE), 1)).containsExactly(3L);
  }

  @Test
  void decorrelatedJitterIsBetweenTheFirstAndThreeTimesTheLast() {
    assertThat(delays(backoff(Jitter.DECORRELATED, 0), 3)).containsExactly(SECOND, SECOND, SECOND);
    assertThat(delays(backoff(Jitter.DECORRELATED, 0.5), 3))
        .containsExactly(2 * SECOND, 7 * SECOND / 2, 23 * SECOND / 4);
    assertThat(delays(backoff(Jitter.DECORRELATED, ALMOST_ONE), 5))
        .containsExactly(3 * SECOND, 9 * SECOND, 27 * SECOND, 60 * SECOND, 60 * SECOND);
  }
}
