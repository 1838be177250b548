package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.api.spi.Failures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is booked, what is looked at again, and what a change of the limit does, for one key in one
 * JVM beside others.
 *
 * <p>Promises: Redis 1, Redis 3, Redis 4, Redis 5, Redis 6.
 */
@Tag("unit")
class SlotsTest {

  private static Plan plan(String rate, long capacity) {
    return Plan.of(Rate.parse(rate), capacity, 1);
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return Failures.unwrap(future.handle((value, error) -> error).join());
  }

  // ---- The order of arrival

  @Test
  void aWaiterGetsTheNextTokenThoughOthersAskFaster() {
    Fixture it = new Fixture("10/s", 10, OnFailure.LOCAL);
    it.asked(10);
    CompletableFuture<Permit> waiter = it.asked(1);
    Plan same = it.shared.plans.current();
    for (int i = 0; i < 300; i++) { // another JVM tries three times a millisecond
      assertThat(it.redis.decide("p:key", same, new Numbers(0))[0]).isEqualTo(-1);
      if (i % 3 == 0) {
        it.time.advance(Duration.ofMillis(1));
      }
    }
    assertThat(waiter).isCompleted();
  }

  @Test
  void acquireOfTheCapacityIsGrantedInBoundedTimeBesideSmallWaiters() {
    Fixture it = new Fixture("10/s", 10, OnFailure.LOCAL);
    it.asked(10);
    Plan same = it.shared.plans.current();
    it.redis.decide("p:key", same, new Numbers());
    CompletableFuture<Permit> large = it.asked(10);
    for (int i = 0; i < 22; i++) { // one more small waiter elsewhere for each token
      it.redis.decide("p:key", same, new Numbers());
      it.time.advance(Duration.ofMillis(50));
    }
    assertThat(large).isCompleted();
  }

  @Test
  void aTryDoesNotOvertakeWhatIsBooked() {
    Fixture it = new Fixture("10/s", 10, OnFailure.LOCAL);
    it.asked(10);
    Plan same = it.shared.plans.current();
    it.redis.decide("p:key", same, new Numbers());
    it.time.advance(Duration.ofMillis(100));
    assertThat(it.tried(1)).as("the token is another's").isFalse();
    it.time.advance(Duration.ofMillis(100));
    assertThat(it.tried(1)).isTrue();
  }

  @Test
  void noSlotIsBookedForAWaiterThatWouldNotWaitForIt() {
    Fixture it = new Fixture("1/s", 2, OnFailure.LOCAL);
    it.asked(2);
    CompletableFuture<Permit> hasty = it.limiter.acquire(1, Duration.ofMillis(999));
    it.time.runTasks();
    assertThat(hasty).isCompletedExceptionally();
    it.time.advance(Duration.ofSeconds(1));
    assertThat(it.tried(1)).isTrue();
  }

  @Test
  void aBookedWaiterThatLeavesConsumesNoToken() {
    Fixture it = new Fixture("1/s", 2, OnFailure.LOCAL);
    it.asked(2);
    CompletableFuture<Permit> waiter = it.asked(2);
    waiter.cancel(false);
    it.time.runTasks();
    it.time.advance(Duration.ofSeconds(1));
    assertThat(it.tried(1)).isTrue();
    assertThat(it.tried(1)).isFalse();
    assertThat(it.limiter.isIdle()).isTrue();
  }

  @Test
  void aBookedWaiterWhoseMaxWaitIsOverConsumesNoToken() {
    Fixture it = new Fixture("1/s", 2, OnFailure.LOCAL);
    it.asked(2);
    it.redis.mode = FakeRedis.Mode.SLOW;
    CompletableFuture<Permit> first = it.limiter.acquire(1, Duration.ofMillis(1_000));
    it.time.advance(Duration.ofMillis(10));
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.release(); // the slot comes too late by as much as the answer took
    it.time.advance(Duration.ofMillis(990));
    assertThat(first).isCompletedExceptionally();
    it.time.runTasks();
    assertThat(it.tried(1)).isTrue();
  }

  // ---- Looking again

  @Test
  void aDeletedKeyIsNoticedWithinASecondByAWaiter() {
    Fixture it = new Fixture("1/d", 3, OnFailure.LOCAL);
    it.asked(3);
    CompletableFuture<Permit> waiter = it.asked(2);
    it.time.advance(Duration.ofMillis(1_500));
    assertThat(waiter).isNotDone();
    it.redis.delete("p:key");
    it.time.advance(Duration.ofSeconds(1));
    assertThat(waiter).isCompleted();
    assertThat(it.left()).as("what is booked is taken from the new bucket").isEqualTo(1);
  }

  @Test
  void aDeletedKeyIsNoticedWithinASecondByTries() {
    Fixture it = new Fixture("1/d", 3, OnFailure.LOCAL);
    it.asked(3);
    assertThat(it.tried(1)).isFalse();
    it.redis.delete("p:key");
    it.time.advance(Duration.ofMillis(500));
    assertThat(it.tried(1)).as("the rejection is remembered for a second").isFalse();
    it.time.advance(Duration.ofMillis(501));
    assertThat(it.tried(1)).isTrue();
  }

  @Test
  void whoTriesOftenAsksOnceASecond() {
    Fixture it = new Fixture("1/d", 3, OnFailure.LOCAL);
    it.asked(3);
    long before = it.redis.questions();
    for (int i = 0; i < 600; i++) {
      assertThat(it.tried(1)).isFalse();
      it.time.advance(Duration.ofMillis(100));
    }
    assertThat(it.redis.questions() - before).isBetween(55L, 61L);
  }

  @Test
  void aWaiterAsksOnceASecond() {
    Fixture it = new Fixture("1/d", 3, OnFailure.LOCAL);
    it.asked(3);
    it.asked(1);
    long before = it.redis.questions();
    it.time.advance(Duration.ofSeconds(60));
    assertThat(it.redis.questions() - before).isBetween(55L, 61L);
  }

  @Test
  void aRefundOfAnotherJvmIsSeenWithinASecond() {
    Fixture it = new Fixture("1/m", 10, OnFailure.LOCAL);
    Plan same = it.shared.plans.current();
    long[] grant = it.redis.decide("p:key", same, same.question(8, 0, 0, 0));
    it.asked(2);
    CompletableFuture<Permit> waiter = it.asked(1);
    it.redis.refund("p:key", same, same.refund(2, grant[1], grant[2]));
    it.time.advance(Duration.ofMillis(1_001));
    assertThat(waiter).isCompleted();
  }

  /** What a try is told holds for the waiters, too: not the second after which Redis is asked. */
  @Test
  void retryAfterIsTheWaitAndNotTheNextLook() {
    Fixture it = new Fixture("1/m", 1, OnFailure.LOCAL);
    it.asked(1);
    it.asked(1);
    CompletableFuture<Permit> tried = it.limiter.acquire(1, Duration.ZERO);
    it.time.runTasks();
    assertThat(failure(tried))
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.RATE);
              assertThat(rejected.key()).contains("key");
              assertThat(rejected.retryAfter().orElseThrow())
                  .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(120));
            });
    assertThat(it.limiter.estimateWait(1)).isEqualTo(Duration.ofSeconds(120));
  }

  // ---- Another limit

  @Test
  void aRaisedLimitIsFeltAtOnce() {
    Fixture it = new Fixture("1/s", 20, OnFailure.LOCAL);
    it.asked(20);
    Plan raised = plan("1000/s", 1_000);
    Fixture other = it.beside(raised);
    long before = it.redis.questions();
    CompletableFuture<Permit> waiter = other.asked(1);
    assertThat(waiter).isNotDone();
    it.time.advance(Duration.ofNanos(1_010_000));
    assertThat(waiter).isCompleted();
    assertThat(it.redis.questions() - before).isOne();
  }

  @Test
  void aTryUnderARaisedLimitIsToldTheTruth() {
    Fixture it = new Fixture("1/s", 20, OnFailure.LOCAL);
    it.asked(20);
    Fixture other = it.beside(plan("1000/s", 1_000));
    CompletableFuture<Permit> tried = other.limiter.acquire(1, Duration.ZERO);
    it.time.runTasks();
    assertThat(((RateLimitExceededException) failure(tried)).retryAfter().orElseThrow())
        .isBetween(Duration.ofMillis(1), Duration.ofNanos(1_010_000));
    it.time.advance(Duration.ofNanos(1_010_000));
    assertThat(other.tried(1)).isTrue();
  }

  @Test
  void reconfigureUpServesAWaiterAtOnce() {
    Fixture it = new Fixture("1/d", 2, OnFailure.LOCAL);
    it.asked(2);
    CompletableFuture<Permit> waiter = it.asked(1);
    it.shared.plans.change(Rate.parse("1000/s"), 1_000);
    it.redis.knowsAll(it.shared.plans.current(), it.plan);
    it.time.runTasks();
    it.time.advance(Duration.ofMillis(2));
    assertThat(waiter).isCompleted();
  }

  @Test
  void reconfigureKeepsTheTokensThatAreHeld() {
    Fixture it = new Fixture("1/h", 10, OnFailure.LOCAL);
    it.asked(4);
    it.shared.plans.change(Rate.parse("2/h"), 20);
    it.redis.knowsAll(it.shared.plans.current(), it.plan);
    assertThat(it.left()).isEqualTo(6);
  }

  @Test
  void reconfigureDownCutsTheTokensAtOnce() {
    Fixture it = new Fixture("1/h", 10, OnFailure.LOCAL);
    it.asked(1);
    it.shared.plans.change(Rate.parse("1/h"), 3);
    it.redis.knowsAll(it.shared.plans.current(), it.plan);
    assertThat(it.left()).isEqualTo(3);
    assertThatThrownBy(() -> it.limiter.acquire(4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reconfigureFailsWaitersThatAskForMoreThanTheNewCapacity() {
    Fixture it = new Fixture("1/h", 10, OnFailure.LOCAL);
    it.asked(10);
    CompletableFuture<Permit> large = it.asked(5);
    CompletableFuture<Permit> small = it.asked(1);
    it.shared.plans.change(Rate.parse("1000/s"), 3);
    it.redis.knowsAll(it.shared.plans.current(), it.plan);
    it.time.advance(Duration.ofSeconds(1));
    assertThat(failure(large)).isInstanceOf(IllegalArgumentException.class);
    assertThat(small).isCompleted();
  }

  /** Both serve: at the higher rate, with the larger capacity, until the last that gives it. */
  @Test
  void inAMixTheHighestRateAndTheLargestCapacityDecide() {
    Fixture it = new Fixture("10/s", 10, OnFailure.LOCAL);
    Fixture other = it.beside(plan("100/s", 5));
    it.asked(10);
    List<CompletableFuture<Permit>> old = new ArrayList<>();
    List<CompletableFuture<Permit>> young = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      old.add(it.limiter.acquire());
      young.add(other.limiter.acquire());
    }
    it.time.advance(Duration.ofSeconds(4));
    long olds = old.stream().filter(Fixture::granted).count();
    long youngs = young.stream().filter(Fixture::granted).count();
    assertThat(olds + youngs).isBetween(395L, 400L);
    assertThat(olds).isBetween(190L, 210L);
    young.forEach(each -> each.cancel(false));
    it.time.advance(Duration.ofSeconds(2).plusMillis(100));
    long before = old.stream().filter(Fixture::granted).count();
    it.time.advance(Duration.ofSeconds(5));
    assertThat(old.stream().filter(Fixture::granted).count() - before)
        .as("of those that are left")
        .isBetween(48L, 52L);
  }

  // ---- During an outage

  @Test
  void aRequestThatTheShareNeverHoldsIsRejectedAtOnceAndOthersGoOn() {
    Fixture it = new Fixture("10/s", 10, OnFailure.LOCAL, 0.5);
    it.redis.mode = FakeRedis.Mode.GONE;
    CompletableFuture<Permit> large = it.limiter.acquire(6);
    CompletableFuture<Permit> small = it.limiter.acquire(1);
    it.time.advance(Fixture.TIMEOUT);
    assertThat(failure(large))
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            rejected -> {
              assertThat(rejected.reason()).isEqualTo(Reason.UNAVAILABLE);
              assertThat(rejected.key()).contains("key");
              assertThat(rejected.retryAfter()).isPresent();
            });
    it.time.advance(Duration.ofMillis(210));
    assertThat(small).isCompleted();
  }

  @Test
  void aSlotThatIsBookedStandsThroughAnOutage() {
    Fixture it = new Fixture("1/s", 2, OnFailure.CLOSED);
    it.asked(2);
    CompletableFuture<Permit> waiter = it.asked(2);
    it.redis.mode = FakeRedis.Mode.GONE;
    it.time.advance(Duration.ofMillis(1_999));
    assertThat(waiter).isNotDone();
    it.time.advance(Duration.ofMillis(1));
    assertThat(waiter).isCompleted();
  }
}
