package io.asynctools.redis;

import io.asynctools.api.spi.LimiterSettings;
import java.util.Arrays;

/** What the limiters of all keys have in common. */
final class Shared {
  final RedisConfig config;
  final LimiterSettings settings;
  final ExactRate rate;
  final ExactRate share; // of this JVM, while Redis is away
  final Scripts scripts;
  final Health health;
  final Timeouts timeouts;
  final long timeoutNanos;
  final long born;
  private final Numbers askForOne; // the numbers of the commonest question, made once

  Shared(
      RedisConfig config,
      LimiterSettings settings,
      ExactRate rate,
      ExactRate share,
      Scripts scripts,
      Timeouts timeouts) {
    this.config = config;
    this.settings = settings;
    this.rate = rate;
    this.share = share;
    this.scripts = scripts;
    this.timeoutNanos = config.commandTimeout().toNanos();
    this.born = settings.timeSource().nanoTime();
    this.health =
        new Health(settings.name(), settings.timeSource(), config.commandTimeout(), scripts::doubt);
    this.timeouts = timeouts;
    this.askForOne = new Numbers(question(rate.one, 0));
  }

  /** The numbers of a question: see {@code take.lua}. */
  Numbers question(long permits, long more, long charge) {
    if (charge == 0 && more == 0) {
      return permits == 1 ? askForOne : new Numbers(question(rate.cost(permits), 0));
    }
    long[] numbers = Arrays.copyOf(question(rate.cost(permits), more), 12);
    put(numbers, 6, more == 0 ? Cost.NONE : rate.cost(more));
    put(numbers, 8, rate.one);
    put(numbers, 10, charge == 0 ? Cost.NONE : rate.cost(charge));
    return new Numbers(numbers);
  }

  /** The numbers of a give-back: see {@code give_back.lua}. */
  Numbers giveBack(long permits, long mark, long returned) {
    long[] numbers = Arrays.copyOf(question(rate.cost(permits), mark), 7);
    numbers[6] = returned;
    return new Numbers(numbers);
  }

  private long[] question(Cost cost, long sixth) {
    long[] numbers = new long[6];
    numbers[0] = rate.denominator;
    put(numbers, 1, rate.full);
    put(numbers, 3, cost);
    numbers[5] = sixth;
    return numbers;
  }

  private static void put(long[] numbers, int at, Cost cost) {
    numbers[at] = cost.micros();
    numbers[at + 1] = cost.parts();
  }

  void send(ScriptCall call) {
    timeouts.watch(call);
    scripts.send(call);
  }

  void close() {
    health.close();
    scripts.close();
    timeouts.close();
  }
}
