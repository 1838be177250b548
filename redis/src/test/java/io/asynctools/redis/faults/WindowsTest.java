package io.asynctools.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.asynctools.api.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The judge of the other tests sees what it should. */
@Tag("unit")
class WindowsTest {
  private static final Rate RATE = Rate.parse("1/10ns");

  @Test
  void whatIsWithinTheRateIsABurstOfOne() {
    assertThat(burst(LongStream.range(0, 1_000).map(i -> 10 * i).toArray())).isEqualTo(1);
  }

  @Test
  void aBurstInTheMiddleIsSeen() {
    assertThat(burst(0, 100, 500, 500, 500, 505, 900)).isEqualTo(3.5);
  }

  @Test
  void whatMayHaveBeenDecidedOutsideAWindowIsNotCountedInIt() {
    List<long[]> grants = List.of(new long[] {0, 100}, new long[] {50, 55}, new long[] {52, 60});
    assertThat(Windows.burst(grants, RATE)).isEqualTo(1);
  }

  @Test
  void itAgreesWithLookingAtEveryWindow() {
    Random random = new Random(1);
    for (int run = 0; run < 200; run++) {
      List<long[]> grants = new ArrayList<>();
      for (int i = random.nextInt(40); i >= 0; i--) {
        long asked = random.nextInt(300) - 150;
        grants.add(new long[] {asked, asked + random.nextInt(20)});
      }
      double naive = 0;
      for (long[] first : grants) {
        for (long[] last : grants) {
          long count = grants.stream().filter(g -> g[0] >= first[0] && g[1] <= last[1]).count();
          if (last[1] >= first[0]) {
            naive = Math.max(naive, count - (last[1] - first[0]) / 10.0);
          }
        }
      }
      assertThat(Windows.burst(grants, RATE)).isCloseTo(naive, within(1e-6));
    }
  }

  private static double burst(long... instants) {
    return Windows.burst(
        LongStream.of(instants).mapToObj(instant -> new long[] {instant, instant}).toList(), RATE);
  }
}
