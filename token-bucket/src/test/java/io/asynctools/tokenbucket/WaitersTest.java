package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Waiters of a bucket, where tokens and time show what the contract cannot. */
@Tag("unit")
class WaitersTest {
  private final ManualTime time = new ManualTime();

  /** Promises: All 2, Token bucket 3. */
  @Test
  void eachIsGrantedAtItsTokenInOrder() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(2), 10, time);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int n = i;
      bucket.acquire().thenRun(() -> order.add(n));
    }
    time.advance(Duration.ofMillis(499));
    assertThat(order).isEmpty();
    time.advance(Duration.ofMillis(1));
    assertThat(order).containsExactly(0);
    time.advance(Duration.ofSeconds(10));
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(time.pending()).isZero();
  }

  /** Promises: All 2, All 7. */
  @Test
  void aHundredThousandReleasedAtOnceKeepTheirOrder() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(1_000), 100_000, Runnable::run);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      int n = i;
      bucket
          .acquire()
          .thenRun(
              () -> {
                order.add(n);
                bucket.tryAcquire();
              });
    }
    bucket.reconfigure(Rate.perSecond(1_000_000_000), 100_000);
    time.advance(Duration.ofMillis(1));
    assertThat(order).hasSize(100_000).isSorted();
  }

  /** Promises: All 3. */
  @Test
  void nineHundredOfAThousandCancelledLeaveTheOthersATenthOfTheWait() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(1_000), 1_000, time);
    List<CompletableFuture<Permit>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(bucket.acquire());
    }
    List<CompletableFuture<Permit>> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, new java.util.Random(42));
    shuffled.subList(0, 900).forEach(waiter -> assertThat(waiter.cancel(false)).isTrue());
    assertThat(bucket.waiters()).isEqualTo(100);
    time.advance(Duration.ofMillis(100));
    assertThat(all)
        .filteredOn(waiter -> !waiter.isCancelled())
        .hasSize(100)
        .allMatch(CompletableFuture::isDone);
    assertThat(bucket.availableTokens()).isZero();
    assertThat(time.pending()).isZero();
  }

  /** Promises: All 3. */
  @Test
  void whenABigHeadLeavesSeveralSmallOnesMayFit() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(1), 10, time);
    CompletableFuture<Permit> big = bucket.acquire(10);
    List<CompletableFuture<Permit>> small =
        List.of(bucket.acquire(), bucket.acquire(), bucket.acquire(5));
    time.advance(Duration.ofSeconds(3));
    assertThat(small).noneMatch(CompletableFuture::isDone);
    big.cancel(false);
    time.runTasks();
    assertThat(small.get(0)).isDone();
    assertThat(small.get(1)).isDone();
    assertThat(small.get(2)).isNotDone();
    assertThat(bucket.availableTokens()).isEqualTo(1);
    time.advance(Duration.ofSeconds(4));
    assertThat(small.get(2)).isDone();
  }

  /** Promises: All 8. */
  @Test
  void aWaitKnownToBeTooLongIsRefusedAtOnceWithTheTimeToComeBack() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(1), 10, time);
    bucket.acquire(3);
    assertThat(bucket.acquire(2, Duration.ofSeconds(5))).isNotDone(); // granted just in time
    CompletableFuture<Permit> refused = bucket.acquire(1, Duration.ofSeconds(5));
    assertThatThrownBy(refused::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.RATE);
              assertThat(e.retryAfter()).contains(Duration.ofSeconds(6));
              assertThat(e.limiter()).isEqualTo("token-bucket");
            });
    assertThat(bucket.waiters()).isEqualTo(2);
    time.advance(Duration.ofSeconds(5));
    assertThat(bucket.waiters()).isZero();
  }

  /** Promises: All 8. */
  @Test
  void aWaitThatHasPassedIsToldTheTimeToComeBackBehindTheOthers() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(1), 10, time);
    bucket.acquire(3);
    CompletableFuture<Permit> late = bucket.acquire(2, Duration.ofSeconds(5));
    bucket.reconfigure(new Rate(1, Duration.ofSeconds(10)), 10);
    time.advance(Duration.ofSeconds(5));
    assertThatThrownBy(late::join)
        .cause()
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(45))); // five tokens by 50
  }

  /** Promises: All 8. */
  @Test
  void theTryThatExplainsItselfTakesWhatIsThere() {
    TokenBucketRateLimiter bucket = empty(Rate.perSecond(1), 10, time);
    time.advance(Duration.ofSeconds(1));
    assertThat(bucket.acquire(1, Duration.ZERO)).isCompleted();
    assertThat(bucket.acquire(1, Duration.ZERO)).isCompletedExceptionally();
    assertThat(bucket.waiters()).isZero();
  }

  /** Promises: Token bucket 3. */
  @Test
  void aTimerThatNeverRingsIsMadeUpForByTheNextToCome() {
    long[] now = {0};
    TokenBucketRateLimiter bucket =
        TokenBucketRateLimiter.builder(Rate.perSecond(1))
            .initialTokens(0)
            .capacity(10)
            .timeSource(new ReadableTime(() -> now[0]))
            .executor(Runnable::run)
            .build();
    CompletableFuture<Permit> first = bucket.acquire();
    now[0] += 1_500_000_000;
    CompletableFuture<Permit> second = bucket.acquire();
    assertThat(first).isCompleted();
    assertThat(second).isNotDone();
  }

  private TokenBucketRateLimiter empty(Rate rate, long capacity, Executor executor) {
    return TokenBucketRateLimiter.builder(rate)
        .capacity(capacity)
        .initialTokens(0)
        .timeSource(time)
        .executor(executor)
        .build();
  }
}
