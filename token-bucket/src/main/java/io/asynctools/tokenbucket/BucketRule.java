package io.asynctools.tokenbucket;

import io.asynctools.api.Rate;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a bucket: pure functions of what was <i>issued</i>, the time <i>elapsed</i>,
 * and numbers derived from the configuration. Immutable; shared by all buckets that are built
 * alike.
 *
 * <p><b>Units.</b> A token is 2<sup>scale</sup> units, with the least scale that earns at least one
 * unit each nanosecond (and then fewer than two). Whole tokens would be too coarse: a full bucket
 * would win up to one token early. Both <i>issued</i> and <i>earned</i> are counted in units; they
 * grow for ever, wrap, and are compared by their difference only.
 *
 * <p><b>Earned</b> is a pure function of time, so nothing drifts: {@code base + floor(x · permits ·
 * 2^scale / period)} for {@code x} nanoseconds after the start, permits and period in lowest terms.
 * With {@code units = permits · 2^scale = period + surplus} that is {@code x + floor(x · surplus /
 * period)}; the quotient comes from a 64-bit reciprocal of {@code surplus / period}, rounded down,
 * whose product is too low by less than one, so that one look at the remainder makes it exact (the
 * method of Granlund and Montgomery, "Division by Invariant Integers using Multiplication", 1994).
 *
 * <p><b>A grant</b> of n moves {@code issued} to {@code max(issued, earned − capacity) + n} if that
 * is at most {@code earned}. What the bucket holds is {@code min(earned − issued, capacity)}:
 * nothing has to be refilled, and a bucket that overflowed is made good by the next grant.
 *
 * <p><b>Range.</b> A bucket fills within a century, so capacity is below 2<sup>63</sup> units, and
 * {@code earned − issued} is told from a reading that is a little old (negative) for 219 years
 * without use: as unsigned numbers, all but the last quarter of the range is positive.
 */
final class BucketRule {
  /** What no grant gives; also what no bucket has ever issued. */
  static final long NO_GRANT = Long.MIN_VALUE;

  private static final long FOREVER = Long.MAX_VALUE / 2; // 2^63 units take longer than that
  // Differences d from −2^62 to 3·2^62 − 1 are compared as d + 2^62 without a sign; adding
  // 2^63 more turns a comparison without a sign into one with it.
  private static final long OLDEST = -(1L << 62);
  private static final long SHIFT = Long.MIN_VALUE - OLDEST;

  final BucketConfig config;
  final BucketConfig built; // before any reconfigure
  final boolean steady; // until a reconfigure or an undo: what was issued has only grown
  final long tokensPerCall;
  private final int scale;
  private final long period; // nanoseconds, in lowest terms, at most a century
  private final long surplus; // units a period, less the period: from 0 to period − 1
  private final long reciprocal; // floor(surplus · 2^64 / period), unsigned
  private final long inverse; // floor(period · 2^64 / units), unsigned; 0 if that is 2^64
  private final long tokenCapacity;
  private final long capacity; // in units
  private final long shiftedCapacity;
  private final long start; // nanoseconds after the bucket's origin
  private final long base; // what had been earned at the start
  final long first; // what had been issued at the start
  private final @Nullable BucketRule previous; // before the last reconfigure, for what it granted

  /** The rule of new buckets. */
  BucketRule(BucketConfig config) {
    // The base is odd, so that whole tokens never add up to NO_GRANT.
    this(config, config, true, 0, 1, config.initialTokens() << scaleOf(config.rate()), null);
  }

  private BucketRule(
      BucketConfig config,
      BucketConfig built,
      boolean steady,
      long start,
      long base,
      long kept,
      @Nullable BucketRule previous) {
    BigInteger permits = BigInteger.valueOf(config.rate().permits());
    BigInteger nanos = BucketConfig.nanosOf(config.rate().period());
    BigInteger common = permits.gcd(nanos);
    BigInteger t = nanos.divide(common);
    int s = scaleOf(config.rate());
    BigInteger u = permits.divide(common).shiftLeft(s);
    this.config = config;
    this.built = built;
    this.steady = steady;
    this.tokensPerCall = config.tokensPerCall();
    this.scale = s;
    this.period = t.longValueExact();
    this.surplus = u.subtract(t).longValueExact();
    this.reciprocal = u.subtract(t).shiftLeft(64).divide(t).longValue();
    this.inverse = t.shiftLeft(64).divide(u).longValue();
    this.tokenCapacity = config.capacity();
    this.capacity = tokenCapacity << s;
    this.shiftedCapacity = capacity + SHIFT;
    this.start = start;
    this.base = base;
    this.first = base - kept;
    this.previous = previous;
  }

  /** The least power of two that earns a unit a nanosecond. */
  private static int scaleOf(Rate rate) {
    BigInteger permits = BigInteger.valueOf(rate.permits());
    BigInteger period = BucketConfig.nanosOf(rate.period());
    int s =
        Math.max(period.bitLength() - permits.bitLength(), 0); // as many bits: at most one short
    return permits.shiftLeft(s).compareTo(period) < 0 ? s + 1 : s;
  }

  /** What has been earned after {@code elapsed} nanoseconds from the bucket's origin. */
  long earned(long elapsed) {
    long x = elapsed - start;
    long quotient = quotient(x);
    return base + x + quotient + correction(x, quotient);
  }

  /** x · surplus / period, rounded down, or one less. */
  private long quotient(long x) {
    return Math.multiplyHigh(x, reciprocal) + ((reciprocal >> 63) & x);
  }

  private long correction(long x, long quotient) {
    long remainder = x * surplus - quotient * period; // below 2 · period: it fits
    return remainder >= period ? 1 : 0;
  }

  /**
   * What will have been issued once {@code n} tokens are granted after {@code elapsed} nanoseconds,
   * or {@link #NO_GRANT}. Most refusals are sure before the last unit is known, and are the cheaper
   * for it.
   */
  long grant(long issued, long elapsed, long n) {
    long x = elapsed - start;
    long quotient = quotient(x);
    long low = base + x + quotient;
    long held = low - issued; // or one more, or what has run over
    long wanted = n << scale;
    if (held < wanted - 1 && held >= OLDEST) {
      return NO_GRANT;
    }
    return n > tokenCapacity // lowered since the request was checked
        ? NO_GRANT
        : exactGrant(issued, low + correction(x, quotient), wanted);
  }

  /**
   * What will have been issued once all whole tokens are granted after {@code elapsed} nanoseconds,
   * or {@link #NO_GRANT} if there is none.
   */
  long grantAll(long issued, long elapsed) {
    long earned = earned(elapsed);
    long tokens = tokens(issued, earned);
    return tokens == 0 ? NO_GRANT : exactGrant(issued, earned, tokens << scale);
  }

  private long exactGrant(long issued, long earned, long wanted) {
    long next = inEffect(issued, earned) + wanted;
    if (next == NO_GRANT) {
      next++; // lost, not won: a unit is a nanosecond's worth
    }
    return earned - next >= 0 ? next : NO_GRANT;
  }

  /** Issued, and what has run over counted as issued too. */
  private long inEffect(long issued, long earned) {
    return earned - issued + SHIFT > shiftedCapacity ? earned - capacity : issued;
  }

  /** The units held. */
  private long held(long issued, long earned) {
    return Math.max(earned - inEffect(issued, earned), 0);
  }

  /** The whole tokens held. */
  long tokens(long issued, long earned) {
    return held(issued, earned) >> scale;
  }

  boolean isFull(long issued, long earned) {
    return held(issued, earned) == capacity;
  }

  boolean isBuiltWith(BucketConfig other) {
    return config.equals(other);
  }

  boolean isAsBuilt() {
    return config.equals(built);
  }

  /** Nanoseconds until {@code tokens} could be granted, perhaps more than the capacity. */
  long nanosUntil(long tokens, long issued, long elapsed) {
    if (tokens > (Long.MAX_VALUE >> scale)) {
      return FOREVER;
    }
    if (elapsed - start < 0) {
      return nanosUntil(tokens, issued, start); // a reading from before a change
    }
    long earned = earned(elapsed);
    long target = inEffect(issued, earned) + (tokens << scale);
    if (earned - target >= 0) {
      return 0;
    }
    return elapsedWhen(target) - elapsed;
  }

  /** The nanoseconds after the origin until which not even one token can be granted. */
  long refusedUntil(long issued, long elapsed) {
    long wait = nanosUntil(1, issued, elapsed);
    return elapsed + wait;
  }

  /** The nanoseconds after the origin at which {@code target} will have been earned. */
  private long elapsedWhen(long target) {
    long missing = target - base;
    long x =
        inverse == 0
            ? missing
            : Math.multiplyHigh(missing, inverse)
                + ((missing >> 63) & inverse)
                + ((inverse >> 63) & missing); // too low by less than three
    long elapsed = start + x;
    if (x < 0 || elapsed < 0) {
      return Long.MAX_VALUE; // past the range of the clock, so later than anybody can say
    }
    while (earned(elapsed) - target < 0) {
      elapsed++;
    }
    return elapsed;
  }

  /**
   * How much, in units, may be given back of a grant of {@code n} tokens: what would still be in
   * the bucket had it never been granted. Giving back all of it would let more than the capacity
   * through at one instant, if the bucket has refilled meanwhile.
   *
   * @param mark what was issued right after the grant
   * @param returned what was given back since, of grants made before this one
   */
  long creditable(long n, long mark, long returned, long elapsed) {
    long earned = earned(elapsed);
    if (mark - first > 0) {
      return Math.min(unitsOrCapacity(n), room(mark - returned, earned));
    }
    if (previous == null || mark - previous.first <= 0) {
      return 0; // older than one change: nobody remembers
    }
    // What would have been in the bucket at the change, and of that since. Credits of before and
    // after it are in different units: counting them all on both sides gives back no more.
    long kept =
        Math.min(
            previous.unitsOrCapacity(n), previous.room(mark - returned, previous.earned(start)));
    return Math.min(
        rescaled(kept, previous.scale, scale, capacity), room(first - returned, earned));
  }

  private long unitsOrCapacity(long tokens) {
    return tokens >= tokenCapacity ? capacity : tokens << scale;
  }

  /** How much more the bucket could hold if so much were issued. */
  private long room(long issued, long earned) {
    long held = earned - issued;
    return held + SHIFT > shiftedCapacity ? 0 : Math.min(capacity - held, capacity);
  }

  /**
   * The rule of a bucket that is changed after {@code elapsed} nanoseconds. What it holds is kept,
   * cut to the new capacity and down to a new unit.
   *
   * <p>From there on it counts from above all that was ever issued before (which is at most a
   * capacity above what is issued now, as no more can have been given back): a thread that still
   * holds an earlier value of {@code issued}, and the old rule, cannot win a compare-and-set with
   * it.
   */
  BucketRule changed(BucketConfig next, long issued, long elapsed) {
    long at = elapsed - start < 0 ? start : elapsed;
    long earned = earned(at);
    int nextScale = scaleOf(next.rate());
    long kept = rescaled(held(issued, earned), scale, nextScale, next.capacity() << nextScale);
    long highest = (earned - issued > 0 ? earned : issued) + capacity;
    long above = highest + 1 == NO_GRANT ? highest + 2 : highest + 1;
    BucketRule history = new BucketRule(config, built, false, start, base, base - first, null);
    return new BucketRule(next, built, false, at, above + kept, kept, history);
  }

  /** The same rule, for a bucket to which something was given back. */
  BucketRule unsteady() {
    return steady
        ? new BucketRule(config, built, false, start, base, base - first, previous)
        : this;
  }

  /** What a bucket has issued once {@code credit} units are given back. */
  long issuedAfterUndo(long issued, long credit) {
    long after = issued - credit;
    return after == NO_GRANT ? after + 1 : after;
  }

  private static long rescaled(long units, int from, int to, long most) {
    int up = to - from;
    if (up <= 0) {
      return Math.min(units >> -up, most);
    }
    return units > (most >> up) ? most : units << up;
  }
}
