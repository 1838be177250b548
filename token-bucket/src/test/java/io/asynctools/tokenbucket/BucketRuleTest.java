package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/** The arithmetic at its edges: to the unit, where numbers wrap, and with a late reading. */
@Tag("unit")
@Domain(Rates.class)
@Domain(DomainContext.Global.class)
class BucketRuleTest {
  private static final long NO_GRANT = BucketRule.NO_GRANT;

  private static BucketRule full(Rate rate, long capacity) {
    return new BucketRule(new BucketConfig(rate, capacity, capacity, 1));
  }

  /** What a full bucket holds: what is earned at first is 1. */
  private static long units(BucketRule full) {
    return 1 - full.first;
  }

  @Property(tries = 2_000, edgeCases = EdgeCasesMode.NONE)
  void whatIsThereToTheUnitIsGrantedAndAUnitLessIsRefused(
      @ForAll Rate rate, @ForAll long someTime) {
    long capacity = Rates.capacityFor(rate, 20);
    Assume.that(capacity > 0);
    BucketRule rule = full(rate, capacity);
    long elapsed = Math.floorMod(someTime, Rates.CENTURY.toNanos());
    long earned = rule.earned(elapsed);
    assertThat(rule.grant(earned - units(rule), elapsed, capacity)).isEqualTo(earned);
    assertThat(rule.grant(earned - units(rule) + 1, elapsed, capacity)).isEqualTo(NO_GRANT);
    assertThat(rule.nanosUntil(capacity, earned - units(rule), elapsed)).isZero();
    assertThat(rule.nanosUntil(capacity, earned - units(rule) + 1, elapsed)).isEqualTo(1);
  }

  @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE)
  void aChangedBucketCountsFromAboveAllThatWasEverIssued(
      @ForAll Rate rate, @ForAll Rate next, @ForAll long someTime, @ForAll long some) {
    long capacity = Rates.capacityFor(rate, 20);
    long nextCapacity = Rates.capacityFor(next, 20);
    Assume.that(capacity > 0 && nextCapacity > 0);
    BucketRule rule = full(rate, capacity);
    long elapsed = Math.floorMod(someTime, Rates.CENTURY.toNanos());
    long earned = rule.earned(elapsed);
    long issued = earned - Math.floorMod(some, units(rule) + 1); // between full and empty
    BucketRule changed =
        rule.changed(new BucketConfig(next, nextCapacity, nextCapacity, 1), issued, elapsed);
    assertThat(changed.first - (issued + units(rule))).isPositive();
    assertThat(changed.first - (earned + units(rule))).isPositive();
  }

  @Example
  void aChangedBucketNeverCountsFromWhatStandsForNoGrant() {
    BucketRule rule = full(Rate.perSecond(1), 1);
    long issued = NO_GRANT - 1 - units(rule);
    BucketRule changed = rule.changed(rule.config, issued, 0);
    assertThat(changed.first).isNotEqualTo(NO_GRANT);
    assertThat(changed.first - (issued + units(rule))).isPositive();
  }

  @Example
  void aGrantThatWouldLookLikeNoneCostsAUnitMore() {
    BucketRule rule = full(Rate.parse("1/3ns"), 5);
    long token = units(rule) / 5;
    long elapsed = Long.MAX_VALUE / 4 * 3; // what is earned has wrapped a moment ago
    while (rule.earned(elapsed) - NO_GRANT <= 0) {
      elapsed++;
    }
    assertThat(rule.grant(NO_GRANT - token, elapsed, 1)).isEqualTo(NO_GRANT + 1);
  }

  @Example
  void anUndoThatWouldLookLikeNoGrantGivesBackAUnitLess() {
    BucketRule rule = full(Rate.perSecond(1), 1);
    assertThat(rule.issuedAfterUndo(NO_GRANT + 10, 10)).isEqualTo(NO_GRANT + 1);
    assertThat(rule.issuedAfterUndo(NO_GRANT + 10, 9)).isEqualTo(NO_GRANT + 1);
    assertThat(rule.issuedAfterUndo(NO_GRANT + 10, 11)).isEqualTo(NO_GRANT - 1);
  }

  @Example
  void aReadingFromBeforeAChangeCountsAsThatOfTheChange() {
    BucketRule built = new BucketRule(new BucketConfig(Rate.perSecond(1), 10, 0, 1));
    long second = 1_000_000_000;
    BucketRule once = built.changed(built.config, built.first, 5 * second);
    assertThat(once.nanosUntil(7, once.first, 2 * second)).isEqualTo(2 * second);
    BucketRule twice = once.changed(built.config, once.first, 2 * second);
    assertThat(twice.tokens(twice.first, twice.earned(5 * second))).isEqualTo(5);
    assertThat(twice.tokens(twice.first, twice.earned(6 * second))).isEqualTo(6);
    long all = 5 * units(full(Rate.perSecond(1), 1));
    BucketRule emptied = once.changed(built.config, once.first + all, 2 * second);
    assertThat(emptied.tokens(emptied.first, emptied.earned(5 * second))).isZero();
    assertThat(emptied.tokens(emptied.first, emptied.earned(6 * second))).isEqualTo(1);
  }

  @Example
  void theWaitForASingleUnitIsANanosecond() {
    BucketRule built = new BucketRule(new BucketConfig(Rate.parse("2/3ns"), 4, 0, 1));
    BucketRule half = built.changed(built.config, built.first, 1); // a token is two units
    assertThat(half.tokens(half.first, half.earned(1))).isZero();
    assertThat(half.nanosUntil(1, half.first, 1)).isEqualTo(1);
  }
}
