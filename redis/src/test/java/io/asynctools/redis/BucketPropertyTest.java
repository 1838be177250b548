package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/**
 * The arithmetic of the scripts is exact, and what is given back never lets more through. {@link
 * LuaAgreesTest} has the scripts agree with it step by step.
 *
 * <p>Promises: Redis 1, Redis 3.
 */
@Tag("unit")
class BucketPropertyTest {

  /** A bucket in fractions: all in parts of a microsecond, without bounds. */
  private static final class Naive {
    private final BigInteger denominator;
    private final BigInteger full;
    private BigInteger last = BigInteger.ZERO; // in parts
    private BigInteger debt = BigInteger.ZERO;

    Naive(ExactRate rate) {
      this.denominator = BigInteger.valueOf(rate.denominator);
      this.full = parts(rate.full);
    }

    BigInteger parts(Cost cost) {
      return BigInteger.valueOf(cost.micros())
          .multiply(denominator)
          .add(BigInteger.valueOf(cost.parts()));
    }

    private void pass(long now) {
      BigInteger at = BigInteger.valueOf(now).multiply(denominator);
      debt = debt.subtract(at.subtract(last)).max(BigInteger.ZERO);
      last = at;
    }

    boolean take(long now, Cost cost) {
      pass(now);
      BigInteger next = debt.add(parts(cost));
      if (next.compareTo(full) > 0) {
        return false;
      }
      debt = next;
      return true;
    }

    long waitFor(Cost cost) {
      BigInteger[] wait = debt.add(parts(cost)).subtract(full).divideAndRemainder(denominator);
      return wait[0].longValueExact() + wait[1].signum();
    }
  }

  @Property(tries = 1_000)
  void everyDecisionIsThatOfABucketInFractions(@ForAll long seed) {
    Steps steps = new Steps(seed);
    ExactRate rate = steps.rate;
    Bucket bucket = new Bucket(rate);
    Naive naive = new Naive(rate);
    for (int i = 0; i < 60; i++) {
      long now = steps.later();
      long permits = steps.permits();
      long more = steps.more(permits);
      boolean granted =
          bucket.take(
              now, rate.cost(permits), more, rate.cost(Math.max(more, 1)), rate.one, Cost.NONE);
      assertThat(granted).isEqualTo(naive.take(now, rate.cost(permits)));
      if (granted) {
        long taken = 0;
        while (taken < more && naive.take(now, rate.one)) {
          taken++;
        }
        assertThat(bucket.taken).isEqualTo(taken);
      } else {
        assertThat(bucket.wait).isEqualTo(naive.waitFor(rate.cost(permits))).isPositive();
      }
    }
  }

  /** What was granted, for the sum over every window. */
  private record Use(long at, long permits) {}

  private record Grant(long permits, long mark, long returned) {}

  /** The clock only goes on; grants are undone in any order, late, or never. */
  @Property(tries = 2_000)
  void noWindowHoldsMoreThanTheBucketWhateverIsGivenBack(@ForAll long seed) {
    Steps steps = new Steps(seed);
    ExactRate rate = steps.rate;
    Naive units = new Naive(rate);
    Bucket bucket = new Bucket(rate);
    List<Use> uses = new ArrayList<>();
    List<Grant> open = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      long now = steps.later();
      if (!open.isEmpty() && steps.random.nextInt(3) == 0) {
        Grant undone = open.remove(steps.random.nextInt(open.size()));
        bucket.giveBack(now, rate.cost(undone.permits), undone.mark, undone.returned);
      } else {
        long permits = steps.permits();
        if (bucket.take(now, rate.cost(permits), 0, Cost.NONE, rate.one, Cost.NONE)) {
          if (steps.random.nextBoolean()) {
            open.add(new Grant(permits, bucket.mark, bucket.returnedBefore));
          } else {
            uses.add(new Use(now, permits));
          }
        }
      }
    }
    for (int first = 0; first < uses.size(); first++) {
      BigInteger used = BigInteger.ZERO;
      for (int last = first; last < uses.size(); last++) {
        used = used.add(units.parts(rate.cost(uses.get(last).permits)));
        long length = uses.get(last).at - uses.get(first).at;
        BigInteger most =
            units.full.add(BigInteger.valueOf(length + 1).multiply(units.denominator));
        if (used.compareTo(most) > 0) {
          throw new AssertionError(
              "from use " + first + " to " + last + ": " + used + " > " + most);
        }
      }
    }
  }

  /** Cancelled in the order in which they were granted, at once: as if they had never been. */
  @Property(tries = 500)
  void whatIsGivenBackAtOnceIsThereAgainButForTwoMicrosecondsEach(@ForAll long seed) {
    Steps steps = new Steps(seed);
    ExactRate rate = steps.rate;
    Bucket bucket = new Bucket(rate);
    long now = steps.later();
    List<Grant> grants = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long permits = steps.permits();
      if (bucket.take(now, rate.cost(permits), 0, Cost.NONE, rate.one, Cost.NONE)) {
        grants.add(new Grant(permits, bucket.mark, bucket.returnedBefore));
      }
    }
    for (Grant grant : grants) {
      bucket.giveBack(now, rate.cost(grant.permits), grant.mark, grant.returned);
    }
    Cost all = rate.full;
    assertThat(bucket.take(now + 2L * grants.size(), all, 0, Cost.NONE, rate.one, Cost.NONE))
        .isTrue();
  }

  /** A bucket that is gone and made anew owes nothing to grants of the one before. */
  @Example
  void aGrantOfABucketThatIsGoneGivesNothingBack() {
    ExactRate rate = new ExactRate(io.asynctools.api.Rate.parse("1000/s"), 4);
    Bucket bucket = new Bucket(rate);
    long now = Steps.START;
    for (int i = 0; i < 1_000; i++) { // much is given back, so that marks lie far ahead
      bucket.take(now, rate.one, 0, Cost.NONE, rate.one, Cost.NONE);
      bucket.giveBack(now, rate.one, bucket.mark, bucket.returnedBefore);
    }
    bucket.take(now, rate.cost(4), 0, Cost.NONE, rate.one, Cost.NONE);
    long mark = bucket.mark;
    long returned = bucket.returnedBefore;
    now += 20_000;
    bucket.take(now, rate.cost(4), 0, Cost.NONE, rate.one, Cost.NONE);
    assertThat(bucket.giveBack(now, rate.cost(4), mark, returned)).isZero();
  }

  /** The clock of the server is set back: nobody starves, and nothing is granted twice. */
  @Example
  void aClockThatGoesBackStandsStill() {
    ExactRate rate = new ExactRate(io.asynctools.api.Rate.parse("1/s"), 2);
    Bucket bucket = new Bucket(rate);
    long now = Steps.START;
    bucket.take(now, rate.cost(2), 0, Cost.NONE, rate.one, Cost.NONE);
    long mark = bucket.mark;
    now -= 3_600_000_000L;
    assertThat(bucket.take(now, rate.one, 0, Cost.NONE, rate.one, Cost.NONE)).isFalse();
    assertThat(bucket.wait).isEqualTo(1_000_000);
    assertThat(bucket.giveBack(now + 1_000_000, rate.one, mark, 0)).isEqualTo(1_000_000);
    assertThat(bucket.take(now + 1_000_000, rate.cost(2), 0, Cost.NONE, rate.one, Cost.NONE))
        .isTrue();
  }
}
