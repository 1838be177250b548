package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.Failures;
import io.asynctools.api.spi.LimiterSettings;
import io.asynctools.redis.FakeRedis.Mode;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each failure mode does without Redis, and how the limit is shared again. */
@Tag("unit")
class OutageTest {

  private static Throwable failure(CompletableFuture<?> future) {
    return Failures.unwrap(future.handle((value, error) -> error).join());
  }

  // ---- Within the time-out

  @ParameterizedTest
  @EnumSource(OnFailure.class)
  void everyCallerIsAnsweredWithinTheTimeOut(OnFailure mode) {
    Fixture it = new Fixture("1000/s", 1_000, mode);
    it.redis.mode = Mode.GONE;
    List<CompletableFuture<Permit>> tries = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      tries.add(it.limiter.acquire(1, Duration.ZERO));
    }
    it.time.advance(Fixture.TIMEOUT.minusNanos(1));
    assertThat(tries).noneMatch(CompletableFuture::isDone);
    it.time.advance(Duration.ofNanos(1));
    assertThat(tries).allMatch(CompletableFuture::isDone);
    assertThat(it.redis.questions()).as("those behind the head wait for no time-out each").isOne();
  }

  /** Errors that say that Redis cannot answer now are outages, whatever they are called. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LOADING Redis is loading the dataset in memory",
        "CLUSTERDOWN The cluster is down",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "READONLY You can't write against a read only replica.",
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        "OOM command not allowed when used memory > 'maxmemory'.",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "Currently not connected. Commands are rejected.",
        "ERR something else"
      })
  void anErrorOfTheServersIsAnOutage(String error) {
    Fixture it = new Fixture("1/s", 5, OnFailure.OPEN);
    it.redis.fails(error);
    assertThat(it.tried(1)).isTrue();
  }

  @Test
  void afterAFailureAKeyDoesWithoutRedisForOneTimeOut() {
    Fixture it = new Fixture("1/s", 5, OnFailure.OPEN);
    it.redis.fails("LOADING");
    assertThat(it.tried(1)).isTrue();
    assertThat(it.tried(1)).isTrue();
    assertThat(it.limiter.tryAcquire()).as("a try is answered, too").isPresent();
    assertThat(it.redis.questions()).isOne();
    it.redis.error = null;
    it.time.advance(Fixture.TIMEOUT);
    assertThat(it.left()).isEqualTo(5);
  }

  // ---- Open, closed, local

  @Test
  void openAdmitsEverybody() {
    Fixture it = new Fixture("1/d", 2, OnFailure.OPEN);
    it.redis.fails("LOADING");
    for (int i = 0; i < 100; i++) {
      assertThat(it.tried(2)).isTrue();
    }
  }

  @Test
  void closedRefusesAndSaysWhenRedisIsAskedAgain() {
    Fixture it = new Fixture("1/s", 5, OnFailure.CLOSED);
    it.redis.mode = Mode.GONE;
    CompletableFuture<Permit> waiter = it.limiter.acquire();
    it.time.advance(Fixture.TIMEOUT);
    assertThat(failure(waiter))
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            refusal -> {
              assertThat(refusal.limiter()).isEqualTo("limits");
              assertThat(refusal.reason()).isEqualTo(Reason.UNAVAILABLE);
              assertThat(refusal.key()).contains("key");
              assertThat(refusal.retryAfter()).contains(Fixture.TIMEOUT);
            });
    it.time.advance(Duration.ofMillis(100));
    assertThat(failure(it.asked(1)))
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            refusal -> assertThat(refusal.retryAfter()).contains(Duration.ofMillis(150)));
  }

  @Test
  void localBeginsEmptyAndAdmitsItsShare() {
    Fixture it = new Fixture("100/s", 100, OnFailure.LOCAL, 0.25);
    it.redis.mode = Mode.GONE;
    List<CompletableFuture<Permit>> asked = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      asked.add(it.limiter.acquire());
    }
    it.time.advance(Fixture.TIMEOUT);
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    it.time.advance(Duration.ofMillis(39));
    assertThat(asked).noneMatch(CompletableFuture::isDone);
    it.time.advance(Duration.ofMillis(1)); // a token in 40 ms
    assertThat(asked).filteredOn(Fixture::granted).hasSize(1);
    it.time.advance(Duration.ofMillis(3_960));
    assertThat(asked).filteredOn(Fixture::granted).hasSizeBetween(90, 100); // but for questions
  }

  // ---- The breaker

  @Test
  void aDeadRedisDoesNotCostEveryCallItsTimeOut() {
    Fixture it = new Fixture("1/s", 5, OnFailure.OPEN);
    it.redis.mode = Mode.GONE;
    for (int i = 0; i < 3; i++) {
      CompletableFuture<Permit> waiter = it.limiter.acquire();
      it.time.advance(Fixture.TIMEOUT.multipliedBy(2).minusNanos(1));
      assertThat(waiter).isCompleted();
      it.time.advance(Duration.ofNanos(1));
    }
    assertThat(it.redis.questions()).isEqualTo(3);
    assertThat(it.redis.doubts).as("a connection that only times out is let go").isOne();
    KeyLimiter other = new KeyLimiter(it.shared, "other");
    assertThat(other.tryAcquire()).as("another key, which has not failed").isPresent();
    assertThat(it.redis.questions()).isEqualTo(3);
  }

  @Test
  void oneQuestionFindsOutThatRedisIsBack() {
    Fixture it = new Fixture("1/s", 5, OnFailure.OPEN);
    it.redis.fails("LOADING");
    for (int i = 0; i < 3; i++) {
      it.asked(1);
      it.time.advance(Fixture.TIMEOUT);
    }
    assertThat(it.redis.doubts).isZero();
    assertThat(it.shared.health(0).isAway()).isTrue();
    it.redis.error = null;
    it.redis.mode = Mode.SLOW;
    it.time.advance(Health.pause(Fixture.TIMEOUT));
    KeyLimiter other = new KeyLimiter(it.shared, "other");
    CompletableFuture<Permit> probe = it.limiter.acquire();
    CompletableFuture<Permit> meanwhile = other.acquire();
    it.time.runTasks();
    assertThat(probe).isNotDone();
    assertThat(meanwhile).as("decided without Redis").isCompleted();
    it.redis.mode = Mode.WELL;
    it.redis.release();
    assertThat(probe).isCompleted();
    assertThat(it.shared.health(0).isAway()).isFalse();
    assertThat(it.left()).isEqualTo(4);
  }

  // ---- Back again

  @Test
  void waitersSurviveAnOutage() {
    Fixture it = new Fixture("1/s", 5, OnFailure.LOCAL);
    it.asked(5);
    CompletableFuture<Permit> waiter = it.asked(3);
    it.redis.mode = Mode.GONE;
    it.time.advance(Duration.ofSeconds(2));
    assertThat(waiter).isNotDone();
    it.redis.mode = Mode.WELL;
    it.time.advance(Duration.ofSeconds(4));
    assertThat(waiter).isCompleted();
  }

  /** An outage and its end add no burst: what was granted meanwhile is charged afterwards. */
  @Test
  void theLimitHoldsThroughAnOutage() {
    Fixture it = new Fixture("10/s", 50, OnFailure.LOCAL);
    int granted = it.left();
    assertThat(granted).isEqualTo(50);
    it.redis.mode = Mode.GONE;
    List<CompletableFuture<Permit>> asked = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      asked.add(it.limiter.acquire());
    }
    it.time.advance(Duration.ofSeconds(20));
    long during = asked.stream().filter(Fixture::granted).count();
    assertThat(during).isBetween(150L, 200L);
    it.redis.mode = Mode.WELL;
    it.time.advance(Duration.ofSeconds(1)); // Redis is asked again, and has a full bucket by now
    long after = asked.stream().filter(Fixture::granted).count();
    assertThat(50 + after).isBetween(200L, 50L + 10 * 21 + 1);
    it.time.advance(Duration.ofSeconds(10));
    long later = asked.stream().filter(Fixture::granted).count();
    assertThat(later - after).isEqualTo(100);
  }

  /** As it is kept if something was granted while the answer was on its way. */
  @Test
  void theNextOutageBeginsEmptyThoughTheLastIsRemembered() {
    ExactRate rate = new ExactRate(Rate.parse("10/s"), 50);
    Outage outage = new Outage(rate, rate, 0, 0);
    assertThat(outage.take(0, 1)).isNegative();
    outage.over();
    long later = Duration.ofSeconds(10).toNanos();
    assertThat(outage.take(later, 1)).isNegative();
    assertThat(outage.nanosUntil(later, 1)).isEqualTo(Duration.ofMillis(100).toNanos());
  }

  /** The answer came after the time-out, but the charge was made. */
  @Test
  void whatALateAnswerHasChargedIsNotChargedAgain() {
    Fixture it = new Fixture("100/s", 100, OnFailure.LOCAL);
    it.redis.fails("LOADING");
    assertThat(it.tried(1)).as("of a local bucket that begins empty").isFalse();
    it.time.advance(Duration.ofMillis(200));
    assertThat(it.tried(20)).isTrue();
    it.redis.error = null;
    it.redis.mode = Mode.SLOW;
    it.time.advance(Duration.ofMillis(50)); // Redis is asked again, and charges the twenty
    CompletableFuture<Permit> late = it.limiter.acquire(1, Duration.ZERO);
    it.time.advance(Fixture.TIMEOUT);
    assertThat(late).isCompleted(); // by the local bucket: one more to be charged
    it.redis.mode = Mode.WELL;
    it.redis.release();
    it.time.advance(Fixture.TIMEOUT);
    assertThat(it.left()).isEqualTo(99);
  }

  /** While Redis is away the local bucket may not be forgotten, nor what it owes. */
  @Test
  void aKeyThatOwesIsNotIdle() {
    Fixture it = new Fixture("10/s", 50, OnFailure.LOCAL);
    it.redis.fails("LOADING");
    CompletableFuture<Permit> waiter = it.asked(1);
    it.time.advance(Duration.ofMillis(101));
    assertThat(waiter).isCompleted();
    it.time.advance(Duration.ofSeconds(1));
    assertThat(it.limiter.isIdle()).isFalse();
    it.time.advance(Duration.ofSeconds(5)); // a bucket's fill later nobody can tell
    assertThat(it.limiter.isIdle()).isTrue();
  }

  /** Two are granted in the same microsecond, and the second leaves before it is told. */
  @Test
  void aLocalGrantThatIsCancelledBeforeItIsDeliveredComesBackAndIsNotCharged() {
    Fixture it = new Fixture("4000000/s", 4_000_000, OnFailure.LOCAL);
    it.redis.fails("LOADING");
    CompletableFuture<Permit> first = it.asked(1);
    CompletableFuture<Permit> second = it.limiter.acquire(1);
    CompletableFuture<Boolean> left = first.thenApply(permit -> second.cancel(false));
    it.time.advance(Duration.ofNanos(1_000));
    assertThat(left).isCompletedWithValue(true);
    assertThat(it.left()).as("of four in a microsecond").isEqualTo(3);
    it.redis.error = null;
    it.time.advance(Fixture.TIMEOUT);
    it.asked(1);
    assertThat(it.redis.calls.get(it.redis.calls.size() - 1).asked.wire())
        .as("the next question, with a charge of four")
        .isEqualTo(
            it.shared.plans.current().question(1, 0, 4, Plan.patience(Long.MAX_VALUE)).wire());
  }

  @Test
  void anOpenGrantThatIsCancelledBeforeItIsDeliveredIsGivenBackToNobody() {
    Fixture it = new Fixture("1/s", 5, OnFailure.OPEN);
    it.redis.mode = Mode.GONE;
    CompletableFuture<Permit> first = it.limiter.acquire(1);
    CompletableFuture<Permit> second = it.limiter.acquire(1);
    CompletableFuture<Boolean> left = first.thenApply(permit -> second.cancel(false));
    it.time.advance(Fixture.TIMEOUT);
    assertThat(left).isCompletedWithValue(true);
    assertThat(it.redis.giveBacks()).isZero();
    it.redis.mode = Mode.WELL;
    it.time.advance(Fixture.TIMEOUT);
    assertThat(it.left()).isEqualTo(5);
  }

  /** Its bucket is another, to which nothing is given back. */
  @Test
  void aGrantOfAnEarlierOutageChangesNothingInTheNext() {
    ExactRate rate = new ExactRate(Rate.parse("1000/s"), 10);
    Outage outage = new Outage(rate, rate, 0, 0);
    assertThat(outage.take(0, 1)).as("it begins empty").isEqualTo(-1);
    long mark = outage.take(2_000_000, 1);
    assertThat(mark).isPositive();
    outage.over();
    assertThat(outage.giveBack(2_000_000, 1, mark, 0)).isZero();
    assertThat(outage.take(20_000_000, 1)).isEqualTo(-1);
    assertThat(outage.giveBack(20_000_000, 1, mark, 0)).isZero();
    assertThat(outage.take(20_000_000, 1)).isEqualTo(-1);
    assertThat(outage.nanosUntil(20_000_000, 1)).isEqualTo(1_000_000);
    assertThat(outage.owed(20_000_000)).isZero();
  }

  @Test
  void moreThanTheShareHoldsIsNeverGrantedHere() {
    ExactRate rate = new ExactRate(Rate.parse("1000/s"), 10);
    Outage outage = new Outage(rate, rate.share(0.5), 0, 0);
    assertThat(outage.take(0, 5)).as("it begins empty").isEqualTo(-1);
    assertThat(outage.take(1_000_000_000, 6)).isEqualTo(-1);
    assertThat(outage.nanosUntil(1_000_000_000, 6)).isEqualTo(Long.MAX_VALUE);
    assertThat(outage.take(1_000_000_000, 5)).isPositive();
  }

  /** The question fails, and the next, which has a timer, is as good as any. */
  @Test
  void withoutATimerThereIsNoQuestion() {
    ManualTime time = new ManualTime();
    StumblingTime clock = new StumblingTime(time);
    clock.setsTimers = false;
    ExactRate rate = new ExactRate(Rate.parse("1/s"), 5);
    FakeRedis redis = new FakeRedis(time, rate);
    KeyLimiter limiter =
        Fixture.limiter(new LimiterSettings("limits", time, time, null, 10), rate, redis, clock);
    for (int i = 0; i < 10; i++) { // more than Redis would be left alone after
      CompletableFuture<Permit> refused = limiter.acquire();
      time.runTasks();
      assertThat(failure(refused)).hasMessage("no timer");
    }
    assertThat(redis.calls).isEmpty();
    clock.setsTimers = true;
    CompletableFuture<Permit> granted = limiter.acquire();
    time.runTasks();
    assertThat(granted).isCompleted();
    assertThat(redis.questions()).isOne();
  }
}
