package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.domains.Domain;
import net.jqwik.api.domains.DomainContext;

/**
 * Whatever happens in whatever order, at any rate: who is granted what and when, who is refused,
 * what goes back, to the nanosecond and the unit, is as in a model that is simple enough to
 * believe.
 *
 * <p>Promises: All 2, All 3, All 8, All 12, Token bucket 1, Token bucket 4, Token bucket 5.
 */
@Tag("unit")
@Domain(Rates.class)
@Domain(DomainContext.Global.class)
class BucketModelTest {
  private static final long MOST_TOKENS = 12;
  private static final int MAX_WAITERS = 6;
  private static final BigInteger A_CENTURY = BigInteger.valueOf(Rates.CENTURY.toNanos());
  private static final BigInteger LONGEST = A_CENTURY.add(A_CENTURY.shiftRight(2));

  /** What somebody does; the number says how many, how long, or to which of those who asked. */
  record Step(Act act, int number) {}

  enum Act {
    TRY,
    ACQUIRE,
    ACQUIRE_WITHIN,
    GIVE_UP,
    PASS_NANOS,
    PASS_TOKENS,
    DELIVER,
    RECONFIGURE
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Act> acts = // changes are seldom, so that something happens between them
        Arbitraries.oneOf(
            Arbitraries.of(Act.ACQUIRE, Act.GIVE_UP, Act.PASS_TOKENS), Arbitraries.of(Act.class));
    return Combinators.combine(acts, Arbitraries.integers().between(0, 600))
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(60);
  }

  @Provide
  Arbitrary<Long> origins() {
    return Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1_000_000_000);
  }

  @Property(tries = 600, edgeCases = EdgeCasesMode.NONE) // what is drawn is extreme enough
  void itDoesWhatItsModelDoes(
      @ForAll Rate rate,
      @ForAll Rate otherRate,
      @ForAll("origins") long origin,
      @ForAll("steps") List<Step> steps,
      @ForAll boolean full) {
    long capacity = Rates.capacityFor(rate, MOST_TOKENS);
    Assume.that(capacity > 0 && Rates.capacityFor(otherRate, MOST_TOKENS) > 0);
    ManualTime time = new ManualTime(origin);
    Deque<Runnable> undelivered = new ArrayDeque<>();
    long tokens = full ? capacity : 0;
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(rate)
            .capacity(capacity)
            .initialTokens(tokens)
            .maxWaiters(MAX_WAITERS)
            .timeSource(time)
            .executor(undelivered::add)
            .build();
    BucketModel model = new BucketModel(bucket, rate, capacity, tokens, MAX_WAITERS);
    Rate current = rate;
    BigInteger elapsed = BigInteger.ZERO;
    for (Step step : steps) {
      int number = step.number();
      long permits = 1 + number % bucket.maxPermits();
      switch (step.act()) {
        case TRY -> model.tries(permits);
        case ACQUIRE -> model.acquires(permits, null);
        case ACQUIRE_WITHIN ->
            model.acquires(permits, tokensWorth(current, number).min(A_CENTURY).longValueExact());
        case GIVE_UP -> model.givesUp(number);
        case PASS_NANOS, PASS_TOKENS -> {
          BigInteger nanos =
              step.act() == Act.PASS_NANOS
                  ? BigInteger.valueOf(number % 7)
                  : tokensWorth(current, number);
          if (elapsed.add(nanos).compareTo(LONGEST) < 0) {
            elapsed = elapsed.add(nanos);
            time.advance(Duration.ofNanos(nanos.longValueExact()));
            model.passes(nanos);
          }
        }
        case DELIVER -> {
          undelivered.forEach(Runnable::run);
          undelivered.clear();
          model.delivered();
        }
        case RECONFIGURE -> {
          undelivered.forEach(Runnable::run);
          undelivered.clear();
          model.delivered();
          current = number % 2 == 0 ? rate : otherRate;
          model.reconfigures(current, 1 + number / 2 % Rates.capacityFor(current, MOST_TOKENS));
        }
      }
      model.check();
    }
    undelivered.forEach(Runnable::run);
    model.delivered();
    bucket.close();
    assertThat(time.pending()).isZero();
  }

  /** So many hundredths of the time in which a token comes. */
  private static BigInteger tokensWorth(Rate rate, int hundredths) {
    return Rates.nanos(rate)
        .multiply(BigInteger.valueOf(hundredths))
        .divide(BigInteger.valueOf(rate.permits()).multiply(BigInteger.valueOf(100)));
  }
}
