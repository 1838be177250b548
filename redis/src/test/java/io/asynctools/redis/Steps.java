package io.asynctools.redis;

import io.asynctools.api.Rate;
import java.util.Random;

/** Random steps of a bucket's life: a rate that suits, times, and how much is asked for. */
final class Steps {
  static final long START = 1_764_000_000_000_000L;

  private static final String[] RATES = {
    "1/s",
    "3/s",
    "7/s",
    "100/s",
    "999983/s",
    "1000000/s",
    "1000/ms",
    "3/7us",
    "1000000000/s",
    "1/d",
    "2.5/s",
    "1/1000d",
    "17/13h",
    "123456789/17s",
    "4503599627/s"
  };

  final Random random;
  final ExactRate rate;
  private long now = START;

  Steps(long seed) {
    this.random = new Random(seed);
    Rate some = Rate.parse(RATES[random.nextInt(RATES.length)]);
    this.rate = new ExactRate(some, 1 + (random.nextBoolean() ? random.nextInt(20) : 0));
  }

  /** Now, or some permits' time later, or long after. */
  long later() {
    long one = Math.max(rate.one.micros(), 1);
    now +=
        switch (random.nextInt(6)) {
          case 0, 1 -> 0;
          case 2 -> random.nextInt(3);
          case 3 -> (long) (random.nextDouble() * one);
          case 4 -> (long) (random.nextDouble() * 3 * one);
          default -> random.nextInt(20) == 0 ? 2 * rate.full.micros() : one;
        };
    return now;
  }

  /** Now and then the clock is set back. */
  long laterOrBack() {
    if (random.nextInt(15) == 0) {
      now -= random.nextInt(5_000_000);
    }
    return later();
  }

  long permits() {
    return 1 + random.nextInt((int) Math.min(rate.capacity, 5));
  }

  long more(long permits) {
    return Math.min(random.nextBoolean() ? 0 : random.nextInt(8), rate.capacity - permits);
  }
}
