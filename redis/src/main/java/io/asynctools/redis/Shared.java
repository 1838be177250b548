package io.asynctools.redis;

import io.asynctools.api.spi.LimiterSettings;

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
  private final long[] askForOne; // the numbers of the commonest question, made once

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
    this.health =
        new Health(
            settings.name(),
            settings.timeSource(),
            Health.pause(config.commandTimeout()),
            scripts::doubt);
    this.timeouts = timeouts;
    this.askForOne = numbers(rate.one, 0);
  }

  /** The numbers of a question: see {@code take.lua}. */
  long[] numbers(long permits, long more, long charge) {
    if (charge == 0 && more == 0) {
      return permits == 1 ? askForOne : numbers(rate.cost(permits), 0);
    }
    long[] numbers = new long[charge == 0 ? 10 : 12];
    fill(numbers, permits == 1 ? rate.one : rate.cost(permits), more);
    Cost allMore = more == 0 ? Cost.NONE : rate.cost(more);
    numbers[6] = allMore.micros();
    numbers[7] = allMore.parts();
    numbers[8] = rate.one.micros();
    numbers[9] = rate.one.parts();
    if (charge != 0) {
      Cost charged = rate.cost(charge);
      numbers[10] = charged.micros();
      numbers[11] = charged.parts();
    }
    return numbers;
  }

  /** The numbers of a give-back: see {@code give_back.lua}. */
  long[] giveBack(long permits, long mark, long returned) {
    long[] numbers = new long[7];
    fill(numbers, rate.cost(permits), mark);
    numbers[6] = returned;
    return numbers;
  }

  private long[] numbers(Cost cost, long sixth) {
    long[] numbers = new long[6];
    fill(numbers, cost, sixth);
    return numbers;
  }

  private void fill(long[] numbers, Cost cost, long sixth) {
    numbers[0] = rate.denominator;
    numbers[1] = rate.full.micros();
    numbers[2] = rate.full.parts();
    numbers[3] = cost.micros();
    numbers[4] = cost.parts();
    numbers[5] = sixth;
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
