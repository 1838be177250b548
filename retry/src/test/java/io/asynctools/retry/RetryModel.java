package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.RejectedException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call with its attempts, as a loop over a clock that is a number: what starts when, what the
 * listener hears, how it ends. Where chance and floating point have a say, the real delay has to be
 * near to the true one, and the loop goes on with it.
 */
final class RetryModel {
  private static final MathContext EXACT = new MathContext(60);

  /** How a retry is built. Nanoseconds; null for none. */
  record Rules(
      int maxAttempts,
      long initial,
      long max,
      double multiplier,
      Jitter jitter,
      @Nullable Long attemptTimeout,
      @Nullable Long totalTimeout) {}

  /** What an attempt of the callee would come to, after so many nanoseconds. */
  record Work(long takes, @Nullable Throwable error, String value) {}

  /** An attempt has ended, by itself or by its time-out. */
  private record Ended(long at, @Nullable Throwable error, @Nullable String value) {}

  final List<Long> starts = new ArrayList<>();
  int heard;
  boolean isOver;
  @Nullable Class<?> error; // of one that has failed
  @Nullable String value;

  /**
   * Runs the call until it ends, or would go on after {@code until}.
   *
   * @param chances what chance gave, one after the other
   */
  RetryModel(Rules rules, List<Work> script, List<Double> chances, Told told, long until) {
    long previous = rules.initial;
    long now = 0;
    long rounding = 1;
    for (int attempt = 1; now <= until; attempt++) {
      starts.add(now);
      Ended ended = attempt(rules, script.get((attempt - 1) % script.size()), now);
      now = ended.at;
      if (now > until) {
        return;
      }
      if (asksForRetry(ended) && attempt < rules.maxAttempts) {
        long delay = rules.max; // of one that is not told, if the total time is too short for it
        if (heard < told.retries.size()) {
          Told.Retried real = told.retries.get(heard);
          assertThat(real.nextAttempt()).isEqualTo(attempt + 1);
          if (ended.error instanceof TimeoutException) {
            assertThat(real.error()).isInstanceOf(TimeoutException.class);
          } else {
            assertThat(real.error()).isSameAs(ended.error);
          }
          delay = real.delay().toNanos();
        }
        boolean chanceAsked = rules.jitter != Jitter.NONE;
        double chance = chanceAsked ? chances.get((attempt - 1) % chances.size()) : 0;
        BigInteger least = BigInteger.ZERO;
        if (ended.error instanceof RejectedException refused) {
          least = BigInteger.valueOf(refused.retryAfter().orElseThrow().toNanos());
        }
        BigInteger backedOff = backoff(rules, attempt, previous, chance);
        long left = rules.totalTimeout == null ? Long.MAX_VALUE : rules.totalTimeout - now;
        BigInteger expected = backedOff.max(least);
        if (isNear(BigInteger.valueOf(left), expected, rounding)) {
          left = heard < told.retries.size() ? Long.MAX_VALUE : 0; // too near to say: as it was
        }
        if (expected.compareTo(BigInteger.valueOf(left)) < 0) {
          assertThat(heard).as("a retry that is told").isLessThan(told.retries.size());
          assertThat(isNear(BigInteger.valueOf(delay), expected, rounding))
              .as("a delay of %s, should be %s", delay, expected)
              .isTrue();
          assertThat(BigInteger.valueOf(delay))
              .isLessThanOrEqualTo(BigInteger.valueOf(rules.max).max(least));
          boolean isHidden = least.compareTo(backedOff) > 0; // by what a refusal asked for
          previous = isHidden ? backedOff.longValue() : delay;
          rounding = isHidden ? 3 * rounding + 1 : 1;
          heard++;
          now = delay > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delay;
          continue;
        }
      }
      isOver = true;
      error = ended.error == null ? null : ended.error.getClass();
      value = ended.value;
      return;
    }
  }

  private static Ended attempt(Rules rules, Work work, long now) {
    long limit = rules.attemptTimeout == null ? Long.MAX_VALUE : rules.attemptTimeout;
    if (rules.totalTimeout != null) {
      limit = Math.min(limit, rules.totalTimeout - now);
    }
    return work.takes <= limit || work.takes == 0
        ? new Ended(now + work.takes, work.error, work.error == null ? work.value : null)
        : new Ended(now + limit, new TimeoutException(), null);
  }

  static boolean asksForRetry(String result) {
    return result.equals("again");
  }

  private static boolean asksForRetry(Ended ended) {
    return ended.error == null
        ? asksForRetry(ended.value)
        : ended.error instanceof Exception && !(ended.error instanceof IllegalStateException);
  }

  /** As the Javadoc of {@link Jitter} has it, in whole nanoseconds. */
  private static BigInteger backoff(Rules rules, int attempt, long previous, double chance) {
    BigInteger max = BigInteger.valueOf(rules.max);
    BigInteger initial = BigInteger.valueOf(rules.initial);
    BigInteger d =
        new BigDecimal(initial)
            .multiply(new BigDecimal(rules.multiplier).pow(attempt - 1, EXACT))
            .min(new BigDecimal(max))
            .setScale(0, RoundingMode.HALF_UP)
            .toBigInteger();
    return switch (rules.jitter) {
      case NONE -> d;
      case FULL -> drawn(d, chance);
      case EQUAL -> {
        BigInteger half = d.shiftRight(1);
        yield half.add(drawn(d.subtract(half), chance));
      }
      case DECORRELATED -> {
        BigInteger tripled = BigInteger.valueOf(previous).multiply(BigInteger.valueOf(3));
        BigInteger range = tripled.subtract(initial).max(BigInteger.ZERO);
        yield initial.add(drawn(range, chance)).min(max);
      }
    };
  }

  /** From 0 to {@code most}, both included. */
  private static BigInteger drawn(BigInteger most, double chance) {
    return new BigDecimal(most.add(BigInteger.ONE)).multiply(new BigDecimal(chance)).toBigInteger();
  }

  /** But for what a double cannot tell, and some nanoseconds of rounding. */
  private static boolean isNear(BigInteger one, BigInteger other, long rounding) {
    BigInteger most =
        new BigDecimal(one.max(other))
            .multiply(new BigDecimal("1e-14"))
            .setScale(0, RoundingMode.CEILING)
            .toBigInteger()
            .add(BigInteger.valueOf(rounding));
    return one.subtract(other).abs().compareTo(most) <= 0;
  }
}
