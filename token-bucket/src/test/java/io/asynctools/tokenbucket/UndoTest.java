package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * What was granted to one who leaves before hearing of it goes back, unless the bucket has refilled
 * meanwhile.
 *
 * <p>Promises: All 3, Token bucket 4.
 */
@Tag("unit")
class UndoTest {
  private final ManualTime time = new ManualTime();
  private final Deque<Runnable> undelivered = new ArrayDeque<>();

  @Example
  void aGrantThatWasNotDeliveredGoesBackWhenItsFutureIsCancelled() {
    TokenBucketRateLimiter bucket = empty(10);
    CompletableFuture<Permit> waiter = bucket.acquire(3);
    time.advance(Duration.ofSeconds(4));
    assertThat(bucket.availableTokens()).isEqualTo(1);
    assertThat(waiter.cancel(false)).isTrue();
    assertThat(bucket.availableTokens()).isEqualTo(4);
    undelivered.forEach(Runnable::run);
    assertThat(waiter).isCancelled();
    assertThat(bucket.availableTokens()).isEqualTo(4);
  }

  @Example
  void whatWentBackIsGrantedToOneWhoWasRefusedJustBefore() {
    TokenBucketRateLimiter bucket = empty(10);
    CompletableFuture<Permit> waiter = bucket.acquire(3);
    time.advance(Duration.ofSeconds(3));
    assertThat(bucket.tryAcquire()).isEmpty();
    waiter.cancel(false);
    assertThat(bucket.tryAcquire(3)).isPresent();
    assertThat(bucket.tryAcquire()).isEmpty();
  }

  @Example
  void itGoesToTheNextInLine() {
    TokenBucketRateLimiter bucket = empty(10);
    CompletableFuture<Permit> first = bucket.acquire(3);
    CompletableFuture<Permit> second = bucket.acquire(3);
    time.advance(Duration.ofSeconds(3));
    first.cancel(false);
    undelivered.forEach(Runnable::run);
    assertThat(second).isCompleted();
  }

  @Example
  void whatWouldHaveRunOverMeanwhileIsLost() {
    TokenBucketRateLimiter bucket = empty(10);
    CompletableFuture<Permit> waiter = bucket.acquire(6);
    time.advance(Duration.ofSeconds(6 + 8)); // 14 would have come, of which 10 fit: 8 are there
    waiter.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(10);
    assertThat(bucket.tryAcquire(10)).isPresent();
    assertThat(bucket.tryAcquire()).isEmpty();
  }

  @Example
  void roomForOneIsNotGivenToTwo() { // each undo used to find the same room
    TokenBucketRateLimiter bucket = empty(5);
    CompletableFuture<Permit> first = bucket.acquire();
    CompletableFuture<Permit> second = bucket.acquire();
    CompletableFuture<Permit> third = bucket.acquire();
    time.advance(Duration.ofSeconds(3));
    first.cancel(false);
    time.advance(Duration.ofSeconds(3));
    assertThat(bucket.tryAcquire(4)).isPresent();
    second.cancel(false);
    third.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(1); // 6 have come, 5 fit, 4 are gone
  }

  /** Promises: Token bucket 4, Token bucket 5. */
  @Example
  void aChangeOfRateBetweenTheGrantAndTheCancelMakesNoTokens() {
    TokenBucketRateLimiter bucket = empty(10);
    CompletableFuture<Permit> waiter = bucket.acquire(3);
    time.advance(Duration.ofSeconds(30)); // full again: nothing is left to give back
    bucket.reconfigure(Rate.perSecond(1), 100);
    waiter.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(10);
  }

  /** Promises: Token bucket 4, Token bucket 5. */
  @Example
  void aChangeOfRateBetweenTheGrantAndTheCancelLosesNone() {
    TokenBucketRateLimiter bucket = empty(10);
    CompletableFuture<Permit> waiter = bucket.acquire(4);
    time.advance(Duration.ofSeconds(10));
    bucket.reconfigure(Rate.parse("1/h"), 100);
    assertThat(bucket.availableTokens()).isEqualTo(6);
    waiter.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(10);
    bucket.reconfigure(Rate.parse("1/m"), 8);
    assertThat(bucket.availableTokens()).isEqualTo(8);
  }

  @Example
  void roomForOneIsNotGivenToTwoOfBeforeAChangeOfRate() {
    TokenBucketRateLimiter bucket = empty(7);
    CompletableFuture<Permit> first = bucket.acquire(3);
    CompletableFuture<Permit> second = bucket.acquire(3);
    time.advance(Duration.ofSeconds(6));
    bucket.reconfigure(Rate.perSecond(1), 7);
    time.advance(Duration.ofSeconds(5));
    first.cancel(false);
    assertThat(bucket.tryAcquire(7)).isPresent();
    second.cancel(false);
    assertThat(bucket.availableTokens()).isZero(); // 11 have come, 7 fit and are gone
  }

  @Example
  void whatWentBackBeforeAChangeOfRateDoesNotGoBackAgainAfterIt() {
    TokenBucketRateLimiter bucket = empty(7);
    CompletableFuture<Permit> first = bucket.acquire(3);
    CompletableFuture<Permit> second = bucket.acquire(3);
    time.advance(Duration.ofSeconds(6));
    first.cancel(false);
    time.advance(Duration.ofSeconds(4));
    assertThat(bucket.tryAcquire(7)).isPresent();
    bucket.reconfigure(Rate.perSecond(1), 7);
    second.cancel(false);
    assertThat(bucket.availableTokens()).isZero(); // 10 have come, 7 fit and are gone
  }

  @Example
  void aGrantFromBeforeTwoChangesOfRateGivesNothingBack() { // nobody remembers what would be there
    TokenBucketRateLimiter bucket = empty(1);
    CompletableFuture<Permit> waiter = bucket.acquire();
    time.advance(Duration.ofSeconds(1));
    bucket.reconfigure(Rate.perSecond(1), 1_000);
    bucket.reconfigure(Rate.perSecond(1), 1_000);
    waiter.cancel(false);
    assertThat(bucket.availableTokens()).isZero();
  }

  @Example
  void whatWasThereAtFirstDoesNotMatter() {
    TokenBucketRateLimiter bucket = full(10);
    assertThat(bucket.tryAcquire(10)).isPresent();
    CompletableFuture<Permit> first = bucket.acquire();
    CompletableFuture<Permit> second = bucket.acquire();
    CompletableFuture<Permit> third = bucket.acquire();
    time.advance(Duration.ofSeconds(3));
    first.cancel(false);
    second.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(2);
    bucket.reconfigure(Rate.perSecond(1), 20);
    third.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(3);
  }

  @Example
  void whatWasThereAtFirstDoesNotMatterAfterAChangeOfRate() {
    TokenBucketRateLimiter bucket = full(10);
    assertThat(bucket.tryAcquire(10)).isPresent();
    CompletableFuture<Permit> waiter = bucket.acquire(4);
    time.advance(Duration.ofSeconds(4));
    bucket.reconfigure(Rate.perSecond(2), 20);
    waiter.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(4);
  }

  @Example
  void aGrantToAnotherInTheMiddleOfAnUndoLosesNeither() {
    Runnable[] whileTheClockIsRead = new Runnable[1];
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(10)
            .initialTokens(0)
            .timeSource(
                new TimeSource() {
                  @Override
                  public long nanoTime() {
                    Runnable meanwhile = whileTheClockIsRead[0];
                    whileTheClockIsRead[0] = null;
                    if (meanwhile != null) {
                      meanwhile.run();
                    }
                    return time.nanoTime();
                  }

                  @Override
                  public Cancellable schedule(Runnable task, long delayNanos) {
                    return time.schedule(task, delayNanos);
                  }
                })
            .executor(undelivered::add)
            .build();
    CompletableFuture<Permit> waiter = bucket.acquire(3);
    time.advance(Duration.ofSeconds(5));
    whileTheClockIsRead[0] = () -> assertThat(bucket.tryAcquire(2)).isPresent();
    waiter.cancel(false);
    assertThat(bucket.availableTokens()).isEqualTo(3); // 5 have come, 2 are gone
    whileTheClockIsRead[0] = () -> assertThat(bucket.tryAcquire(2)).isPresent();
    bucket.reconfigure(Rate.perSecond(1), 20);
    assertThat(bucket.availableTokens()).isEqualTo(1);
    time.advance(Duration.ofSeconds(100));
    assertThat(bucket.availableTokens()).isEqualTo(20);
  }

  @Example
  void aCallEndedBeforeItsStartGivesItsTokensBack() {
    TokenBucketRateLimiter bucket = empty(10);
    List<String> started = new ArrayList<>();
    CompletableFuture<String> call =
        bucket.execute(
            2,
            () -> {
              started.add("call");
              return CompletableFuture.completedFuture("done");
            });
    time.advance(Duration.ofSeconds(2));
    call.cancel(false);
    undelivered.forEach(Runnable::run);
    assertThat(started).isEmpty();
    assertThat(bucket.availableTokens()).isEqualTo(2);
  }

  @Property(tries = 300)
  void inWhateverOrderManyLeaveNothingIsLost(@ForAll long seed) {
    TokenBucketRateLimiter bucket = empty(100);
    List<CompletableFuture<Permit>> waiters = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      waiters.add(bucket.acquire(1 + i % 4));
    }
    time.advance(Duration.ofSeconds(100));
    Collections.shuffle(waiters, new java.util.Random(seed));
    waiters.forEach(waiter -> waiter.cancel(false));
    assertThat(bucket.availableTokens()).isEqualTo(100);
  }

  @Provide
  Arbitrary<List<Integer>> scripts() {
    return Arbitraries.integers().between(0, 99).list().ofMinSize(5).ofMaxSize(80);
  }

  /**
   * A script of waits, requests, cancels and tries; nobody hears of a grant but by tryAcquire.
   *
   * <p>Promises: Token bucket 1, Token bucket 4.
   */
  @Property(tries = 3_000)
  void whatGoesBackNeverLetsAWindowPassItsBound(@ForAll("scripts") List<Integer> script) {
    long capacity = 7;
    TokenBucketRateLimiter bucket = empty(capacity);
    List<CompletableFuture<Permit>> waiting = new ArrayList<>();
    long seconds = 0;
    List<long[]> grants = new ArrayList<>(); // when, how many
    for (int step : script) {
      switch (step % 4) {
        case 0 -> {
          time.advance(Duration.ofSeconds(step / 8));
          seconds += step / 8;
        }
        case 1 -> waiting.add(bucket.acquire(1 + step / 4 % capacity));
        case 2 -> {
          if (!waiting.isEmpty()) {
            waiting.remove(step / 4 % waiting.size()).cancel(false);
          }
        }
        default -> {
          long asked = 1 + step / 4 % capacity;
          if (bucket.tryAcquire(asked).isPresent()) {
            grants.add(new long[] {seconds, asked});
          }
        }
      }
      assertThat(bucket.availableTokens()).isBetween(0L, capacity);
    }
    for (int from = 0; from < grants.size(); from++) {
      long sum = 0;
      for (int to = from; to < grants.size(); to++) {
        sum += grants.get(to)[1];
        assertThat(sum).isLessThanOrEqualTo(capacity + grants.get(to)[0] - grants.get(from)[0]);
      }
    }
  }

  private TokenBucketRateLimiter empty(long capacity) {
    return bucket(capacity, 0);
  }

  private TokenBucketRateLimiter full(long capacity) {
    return bucket(capacity, capacity);
  }

  private TokenBucketRateLimiter bucket(long capacity, long tokens) {
    undelivered.clear();
    return TokenBucketRateLimiter.builder(Rate.perSecond(1))
        .capacity(capacity)
        .initialTokens(tokens)
        .timeSource(time)
        .executor(undelivered::add)
        .build();
  }
}
