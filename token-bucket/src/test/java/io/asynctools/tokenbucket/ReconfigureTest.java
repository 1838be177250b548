package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A change of rate and capacity, and what it means for waiters and for being idle.
 *
 * <p>Promises: Token bucket 5.
 */
@Tag("unit")
class ReconfigureTest {
  private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_500_000_000);
  private final TokenBucketRateLimiter bucket = bucket(8);

  @Test
  void whatIsHeldIsKept() {
    bucket.reconfigure(Rate.perSecond(1_000), 20);
    assertThat(bucket.availableTokens()).isEqualTo(8);
    time.advance(Duration.ofMillis(5));
    assertThat(bucket.availableTokens()).isEqualTo(13);
    bucket.reconfigure(Rate.parse("1/d"), 20);
    assertThat(bucket.availableTokens()).isEqualTo(13);
    time.advance(Duration.ofDays(1));
    assertThat(bucket.availableTokens()).isEqualTo(14);
  }

  @Test
  void whatIsHeldIsCutToTheNewCapacity() {
    bucket.reconfigure(Rate.perSecond(1), 3);
    assertThat(bucket.availableTokens()).isEqualTo(3);
    bucket.reconfigure(Rate.perSecond(1), 10);
    assertThat(bucket.availableTokens()).isEqualTo(3);
  }

  @Test
  void halfATokenIsKeptToo() {
    TokenBucketRateLimiter empty = bucket(0);
    time.advance(Duration.ofMillis(500));
    empty.reconfigure(Rate.parse("1/d"), 10);
    time.advance(Duration.ofHours(12).minusNanos(1));
    assertThat(empty.availableTokens()).isZero();
    time.advance(Duration.ofNanos(1));
    assertThat(empty.availableTokens()).isEqualTo(1);
  }

  @Test
  void aRefusalBeforeTheChangeDoesNotOutliveIt() {
    TokenBucketRateLimiter slow = bucket(0);
    slow.reconfigure(Rate.parse("1/d"), 10);
    assertThat(slow.tryAcquire()).isEmpty();
    slow.reconfigure(Rate.perSecond(1), 10);
    time.advance(Duration.ofSeconds(1));
    assertThat(slow.tryAcquire()).isPresent();
    TokenBucketRateLimiter asBuilt = bucket(0);
    assertThat(asBuilt.tryAcquire()).isEmpty();
    asBuilt.reconfigure(Rate.perSecond(1_000), 10);
    time.advance(Duration.ofMillis(1));
    assertThat(asBuilt.tryAcquire()).isPresent();
  }

  @Test
  void oneWhoReadTheOldRateDoesNotTakeFromTheNewState() {
    Runnable[] atTheClock = {null};
    TokenBucketRateLimiter full =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .capacity(10)
            .timeSource(
                new ReadableTime(
                    () -> {
                      Runnable change = atTheClock[0];
                      atTheClock[0] = null;
                      if (change != null) {
                        change.run(); // between reading the state and the compare-and-set
                      }
                      return 5;
                    }))
            .build();
    atTheClock[0] = () -> full.reconfigure(Rate.perSecond(1_000_000), 4);
    assertThat(full.tryAcquire(6)).isEmpty(); // no longer fits, though it did when it was asked
    assertThat(full.availableTokens()).isEqualTo(4);
    atTheClock[0] = () -> full.reconfigure(Rate.parse("1/d"), 4);
    assertThat(full.tryAcquire(3)).isPresent();
    assertThat(full.availableTokens()).isEqualTo(1);
    atTheClock[0] = () -> full.reconfigure(Rate.parse("1/s"), 9);
    assertThat(full.availableTokens()).isEqualTo(1);
  }

  @Test
  void waitersKeepTheirPlaceAndFollowTheNewRate() {
    TokenBucketRateLimiter empty = bucket(0);
    CompletableFuture<Permit> first = empty.acquire(2);
    CompletableFuture<Permit> second = empty.acquire(2);
    empty.reconfigure(Rate.perSecond(100), 10);
    time.advance(Duration.ofMillis(20));
    assertThat(first).isDone();
    assertThat(second).isNotDone();
    empty.reconfigure(Rate.parse("1/h"), 10);
    time.advance(Duration.ofHours(2).minusNanos(1));
    assertThat(second).isNotDone();
    time.advance(Duration.ofNanos(1));
    assertThat(second).isDone();
    assertThat(time.pending()).isZero();
  }

  /** Promises: Token bucket 5, All 9. */
  @Test
  void aWaiterWhoseRequestFitsNoLongerFailsAtOnceWhereverItStands() {
    TokenBucketRateLimiter empty = bucket(0);
    CompletableFuture<Permit> first = empty.acquire(2);
    CompletableFuture<Permit> big = empty.acquire(9);
    CompletableFuture<Permit> last = empty.acquire(1);
    empty.reconfigure(Rate.perSecond(1), 5);
    time.runTasks();
    assertThatThrownBy(big::join)
        .hasCauseInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("9")
        .hasMessageContaining("5");
    assertThat(empty.waiters()).isEqualTo(2);
    time.advance(Duration.ofSeconds(3));
    assertThat(first).isCompleted();
    assertThat(last).isCompleted();
  }

  /** Promises: Token bucket 5, All 8. */
  @Test
  void aWaitThatHasBecomeTooLongForItsMaxWaitIsRefused() {
    TokenBucketRateLimiter empty = bucket(0);
    CompletableFuture<Permit> waiter = empty.acquire(1, Duration.ofSeconds(2));
    empty.reconfigure(Rate.parse("1/m"), 10);
    time.runTasks();
    assertThat(waiter).isCompletedExceptionally();
    assertThat(time.pending()).isZero();
  }

  @Test
  void whatTheBuilderRefusesIsRefusedAndChangesNothing() {
    assertThatThrownBy(() -> bucket.reconfigure(Rate.perSecond(1), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("capacity must be at least 1, was 0");
    assertThatThrownBy(() -> bucket.reconfigure(Rate.parse("2/ns"), 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2/ns");
    assertThat(bucket.availableTokens()).isEqualTo(8);
    assertThat(bucket.tryAcquire(8)).isPresent();
  }

  /** Promises: All 12. */
  @Test
  void isNotIdleUntilItIsAsItWasBuilt() {
    TokenBucketRateLimiter full = bucket(10);
    assertThat(full.isIdle()).isTrue();
    full.reconfigure(Rate.perSecond(2), 10);
    assertThat(full.isIdle()).isFalse();
    full.reconfigure(Rate.perSecond(1), 4);
    full.reconfigure(Rate.perSecond(1), 10);
    assertThat(full.isIdle()).isFalse(); // as built, but not full
    time.advance(Duration.ofSeconds(6));
    assertThat(full.isIdle()).isTrue();
  }

  private TokenBucketRateLimiter bucket(long initialTokens) {
    return TokenBucketRateLimiter.builder(Rate.perSecond(1))
        .capacity(10)
        .initialTokens(initialTokens)
        .timeSource(time)
        .executor(time)
        .build();
  }
}
