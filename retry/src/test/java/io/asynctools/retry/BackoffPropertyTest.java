package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Whatever the numbers, the delays keep their bounds.
 *
 * <p>Promises: Retry 1.
 */
@Tag("unit")
class BackoffPropertyTest {
  private static final long EXACT = 1L << 53; // 104 days: what a double tells to the nanosecond

  @Property(tries = 3_000, edgeCases = EdgeCasesMode.NONE) // BackoffTest has the edges
  void noJitterExceedsItsBounds(
      @ForAll @LongRange(min = 0, max = EXACT) long initial,
      @ForAll @LongRange(min = 0) long max,
      @ForAll @DoubleRange(min = 1, max = 1e6) double multiplier,
      @ForAll @IntRange(min = 1, max = 3_000) int attempt,
      @ForAll @LongRange(min = 0) long somePrevious,
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double chance) {
    long previous = attempt == 1 ? initial : Math.min(somePrevious, max);
    long whole = nanos(Jitter.NONE, initial, max, multiplier, attempt, previous, 0);
    assertThat(whole).isBetween(Math.min(initial, max), max);
    assertThat(nanos(Jitter.FULL, initial, max, multiplier, attempt, previous, chance))
        .isBetween(0L, whole);
    assertThat(nanos(Jitter.EQUAL, initial, max, multiplier, attempt, previous, chance))
        .isBetween(whole / 2, whole);
    long tripled = previous > Long.MAX_VALUE / 3 ? Long.MAX_VALUE : 3 * previous;
    assertThat(nanos(Jitter.DECORRELATED, initial, max, multiplier, attempt, previous, chance))
        .isBetween(Math.min(initial, max), Math.min(Math.max(initial, tripled), max));
  }

  private static long nanos(
      Jitter jitter,
      long initial,
      long max,
      double multiplier,
      int attempt,
      long previous,
      double chance) {
    return new Backoff(initial, max, multiplier, jitter, () -> chance)
        .nanosAfter(attempt, previous);
  }

  @Property(edgeCases = EdgeCasesMode.MIXIN)
  void moreChanceIsMoreDelay(
      @ForAll Jitter jitter,
      @ForAll @IntRange(min = 1, max = 40) int attempt,
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double one,
      @ForAll @DoubleRange(min = 0, max = 1, maxIncluded = false) double other) {
    long second = Duration.ofSeconds(1).toNanos();
    long less = nanos(jitter, second, 60 * second, 2, attempt, 5 * second, Math.min(one, other));
    long more = nanos(jitter, second, 60 * second, 2, attempt, 5 * second, Math.max(one, other));
    assertThat(less).isLessThanOrEqualTo(more);
  }
}
