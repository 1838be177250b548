package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/**
 * Exact, at every rate, from every origin, after any time.
 *
 * <p>Promises: Token bucket 1.
 */
@Domain(Rates.class)
@Domain(DomainContext.Global.class)
@Tag("unit")
class ExactnessPropertyTest {

  /** A grant: when, in nanoseconds from the start, and how many. */
  private record Grant(BigInteger at, long permits) {}

  /** What a caller does: waits for some nanoseconds, then asks for some permits. */
  record Step(long after, long permits) {}

  @Provide
  Arbitrary<Long> origins() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1_000_000_000),
        Arbitraries.longs());
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> waits =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 5),
            Arbitraries.longs().between(0, 5_000_000_000L),
            Arbitraries.longs().between(0, 90_000_000_000_000L));
    return Combinators.combine(waits, Arbitraries.longs().between(1, 20))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  @Property(tries = 2_000)
  void startingEmptyTheTokensAreTheFlooredProductToTheToken(
      @ForAll Rate rate, @ForAll("origins") long origin, @ForAll long someTime) {
    long elapsed = Math.floorMod(someTime, Rates.CENTURY.toNanos());
    long capacity = Rates.capacityFor(rate, Long.MAX_VALUE);
    Assume.that(capacity > 0);
    ManualTime time = new ManualTime(origin);
    TokenBucketRateLimiter bucket = bucket(rate, capacity, 0, time);

    time.advance(Duration.ofNanos(elapsed));

    assertThat(BigInteger.valueOf(bucket.availableTokens()))
        .isEqualTo(Rates.tokensIn(rate, elapsed).min(BigInteger.valueOf(capacity)));
  }

  @Property(tries = 500)
  void pollingLosesNoFraction(@ForAll Rate rate, @ForAll("steps") List<Step> polls) {
    long capacity = Rates.capacityFor(rate, Long.MAX_VALUE);
    Assume.that(capacity > 0);
    ManualTime time = new ManualTime(-17);
    TokenBucketRateLimiter bucket = bucket(rate, capacity, 0, time);
    BigInteger taken = BigInteger.ZERO;
    long elapsed = 0;
    for (Step poll : polls) {
      time.advance(Duration.ofNanos(poll.after()));
      elapsed += poll.after();
      while (bucket.availableTokens() > 0) {
        long all = bucket.availableTokens();
        assertThat(bucket.tryAcquire(all)).isPresent();
        taken = taken.add(BigInteger.valueOf(all));
      }
      assertThat(taken).isEqualTo(Rates.tokensIn(rate, elapsed));
    }
  }

  /** A bucket in fractions, without units: the two may differ by what a nanosecond brings. */
  @Property(tries = 2_000)
  void grantsAndRefusesAsABucketInFractionsDoes(
      @ForAll Rate rate,
      @ForAll("origins") long origin,
      @ForAll("steps") List<Step> steps,
      @ForAll boolean full) {
    long capacity = Rates.capacityFor(rate, 20);
    Assume.that(capacity > 0);
    ManualTime time = new ManualTime(origin);
    TokenBucketRateLimiter bucket = bucket(rate, capacity, full ? capacity : 0, time);
    BigInteger token = Rates.nanos(rate); // and a nanosecond brings this much:
    BigInteger nanosecond = BigInteger.valueOf(rate.permits());
    BigInteger most = token.multiply(BigInteger.valueOf(capacity));
    BigInteger held = full ? most : BigInteger.ZERO;
    for (Step step : steps) {
      time.advance(Duration.ofNanos(step.after()));
      held = held.add(nanosecond.multiply(BigInteger.valueOf(step.after()))).min(most);
      long asked = Math.min(step.permits(), capacity);
      BigInteger wanted = token.multiply(BigInteger.valueOf(asked));
      if (bucket.tryAcquire(asked).isPresent()) {
        assertThat(wanted).isLessThanOrEqualTo(held.add(nanosecond));
        held = held.subtract(wanted);
      } else {
        assertThat(wanted).isGreaterThan(held.subtract(nanosecond));
      }
    }
  }

  @Property(tries = 1_000)
  void noWindowHoldsMoreThanItsBound(
      @ForAll Rate rate, @ForAll("origins") long origin, @ForAll("steps") List<Step> steps) {
    long capacity = Rates.capacityFor(rate, 20);
    Assume.that(capacity > 0);
    ManualTime time = new ManualTime(origin);
    TokenBucketRateLimiter bucket = bucket(rate, capacity, capacity, time);
    List<Grant> grants = new ArrayList<>();
    BigInteger now = BigInteger.ZERO;
    for (Step step : steps) {
      time.advance(Duration.ofNanos(step.after()));
      now = now.add(BigInteger.valueOf(step.after()));
      long asked = Math.min(step.permits(), capacity);
      Optional<Permit> granted = bucket.tryAcquire(asked);
      if (granted.isPresent()) {
        grants.add(new Grant(now, asked));
      }
    }
    assertWindowsHold(rate, capacity, grants);
  }

  /** Promises: Token bucket 3, Token bucket 4. */
  @Property(tries = 1_000)
  void aRequestIsGrantedAtTheFirstNanosecondAtWhichItMayBe(
      @ForAll Rate rate, @ForAll("origins") long origin, @ForAll("steps") List<Step> steps) {
    long capacity = Rates.capacityFor(rate, 50);
    Assume.that(capacity > 0);
    ManualTime time = new ManualTime(origin);
    TokenBucketRateLimiter bucket = bucket(rate, capacity, 0, time);
    Duration elapsed = Duration.ZERO;
    for (Step step : steps) {
      long asked = Math.min(step.permits(), capacity);
      Duration wait = bucket.estimateWait(asked);
      elapsed = elapsed.plus(wait);
      if (elapsed.compareTo(Rates.CENTURY.multipliedBy(2)) > 0) {
        return; // the clock's range is 292 years
      }
      if (!wait.isZero()) {
        time.advance(wait.minusNanos(1));
        assertThat(bucket.tryAcquire(asked)).isEmpty();
        time.advance(Duration.ofNanos(1));
      }
      assertThat(bucket.tryAcquire(asked)).isPresent();
    }
  }

  private static void assertWindowsHold(Rate rate, long capacity, List<Grant> grants) {
    BigInteger nanos = Rates.nanos(rate);
    BigInteger permits = BigInteger.valueOf(rate.permits());
    for (int from = 0; from < grants.size(); from++) {
      BigInteger sum = BigInteger.ZERO;
      for (int to = from; to < grants.size(); to++) {
        sum = sum.add(BigInteger.valueOf(grants.get(to).permits()));
        BigInteger window = grants.get(to).at().subtract(grants.get(from).at()).add(BigInteger.ONE);
        assertThat(sum.subtract(BigInteger.valueOf(capacity)).multiply(nanos))
            .as("grants %s to %s", from, to)
            .isLessThanOrEqualTo(window.multiply(permits));
      }
    }
  }

  private static TokenBucketRateLimiter bucket(
      Rate rate, long capacity, long initialTokens, ManualTime time) {
    return TokenBucketRateLimiter.builder(rate)
        .capacity(capacity)
        .initialTokens(initialTokens)
        .timeSource(time)
        .executor(time)
        .build();
  }
}
