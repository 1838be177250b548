package io.asynctools.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A cancel before, while and after the command is under way.
 *
 * <p>Promises: Redis 3, All 3.
 */
@Tag("unit")
class CancelTest {
  private final Fixture it = new Fixture("1/s", 10, OnFailure.LOCAL);

  @Test
  void beforeTheCommandNothingIsAskedFor() {
    it.asked(10);
    CompletableFuture<Permit> head = it.limiter.acquire();
    CompletableFuture<Permit> next = it.limiter.acquire();
    it.time.runTasks();
    next.cancel(false);
    it.time.advance(Duration.ofSeconds(2));
    assertThat(head).isCompleted();
    assertThat(it.left()).isEqualTo(1);
    assertThat(it.redis.giveBacks()).isZero();
  }

  @Test
  void whileTheCommandIsUnderWayAllComesBack() {
    CompletableFuture<Permit> waiter = it.limiter.acquire(4);
    waiter.cancel(false);
    it.time.runTasks();
    assertThat(it.redis.giveBacks()).isEqualTo(1);
    assertThat(it.left()).isEqualTo(10);
  }

  @Test
  void afterTheGrantBeforeItIsDeliveredAllComesBack() {
    it.redis.mode = FakeRedis.Mode.SLOW;
    CompletableFuture<Permit> waiter = it.limiter.acquire(4);
    it.time.runTasks();
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.answer();
    it.time.execute(() -> waiter.cancel(false)); // runs between the answer and its delivery
    it.time.runTasks();
    assertThat(waiter).isCancelled();
    assertThat(it.left()).isEqualTo(10);
  }

  /** What would have run over meanwhile does not come back: the next token comes in its time. */
  @Test
  void whatWouldHaveRunOverIsGone() {
    it.redis.mode = FakeRedis.Mode.SLOW;
    CompletableFuture<Permit> waiter = it.limiter.acquire(4);
    it.time.runTasks();
    waiter.cancel(false);
    it.redis.mode = FakeRedis.Mode.WELL;
    it.time.advance(Duration.ofMillis(200)); // a full bucket gains nothing
    it.redis.release();
    assertThat(it.left()).isEqualTo(10);
    it.time.advance(Duration.ofMillis(999));
    assertThat(it.tried(1)).as("more than the capacity").isFalse();
    it.time.advance(Duration.ofMillis(1));
    assertThat(it.tried(1)).isTrue();
  }

  /** What comes back goes to the next in line, who was told to wait. */
  @Test
  void whatComesBackGoesToTheNext() {
    it.redis.mode = FakeRedis.Mode.SLOW;
    CompletableFuture<Permit> waiter = it.limiter.acquire(10);
    final CompletableFuture<Permit> next = it.limiter.acquire(10);
    it.time.runTasks();
    waiter.cancel(false);
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.release();
    assertThat(next).isCompleted();
  }

  /** The answer comes after the time-out: the failure mode has decided, the grant goes back. */
  @Test
  void aGrantThatComesTooLateGoesBack() {
    it.redis.mode = FakeRedis.Mode.SLOW;
    CompletableFuture<Permit> waiter = it.limiter.acquire(10);
    it.time.advance(Fixture.TIMEOUT);
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.release();
    assertThat(it.redis.giveBacks()).isEqualTo(1);
    waiter.cancel(false);
    it.time.advance(Fixture.TIMEOUT); // that long the key does without Redis
    assertThat(it.left()).isEqualTo(10);
  }

  /** What was asked for in the same breath for those behind the head goes back with it. */
  @Test
  void aGrantForSeveralThatComesTooLateGoesBackAsAWhole() {
    it.redis.mode = FakeRedis.Mode.SLOW;
    CompletableFuture<Permit> first = it.limiter.acquire();
    List<CompletableFuture<Permit>> others = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      others.add(it.limiter.acquire());
    }
    it.time.runTasks();
    it.redis.release(); // the first is granted, the others asked for together
    assertThat(first).isCompleted();
    it.time.advance(Fixture.TIMEOUT);
    others.forEach(each -> each.cancel(false));
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.release();
    it.time.advance(Fixture.TIMEOUT); // that long the key does without Redis
    assertThat(it.left()).isEqualTo(9);
  }

  /** The give-back gets lost: so many tokens are burned, and nobody waits for it. */
  @Test
  void aGiveBackThatGetsLostBurnsWhatItHeld() {
    CompletableFuture<Permit> waiter = it.limiter.acquire(4);
    waiter.cancel(false);
    it.redis.losesGiveBacks = true;
    it.time.runTasks();
    assertThat(it.limiter.isIdle()).as("while the give-back is out").isFalse();
    it.time.advance(Fixture.TIMEOUT);
    assertThat(it.limiter.isIdle()).isTrue();
    assertThat(it.left()).isEqualTo(6);
  }

  /** It was given up as lost, and arrives after all: whoever waits need not wait any longer. */
  @Test
  void aGiveBackThatIsAnsweredTooLateWakesWhoeverWaits() {
    it.redis.holdsGiveBacks = true;
    CompletableFuture<Permit> waiter = it.limiter.acquire(10);
    final CompletableFuture<Permit> next = it.limiter.acquire(1);
    waiter.cancel(false);
    it.time.advance(Fixture.TIMEOUT);
    assertThat(it.redis.giveBacks()).isEqualTo(1);
    assertThat(next).isNotDone();
    it.redis.release();
    assertThat(next).isCompleted();
  }

  /** One command at a time gives back, and what belongs to one grant goes in one. */
  @Test
  void manyWhoLeaveTogetherTakeFewCommands() {
    CompletableFuture<Permit> first = it.limiter.acquire();
    List<CompletableFuture<Permit>> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(it.limiter.acquire());
    }
    it.redis.mode = FakeRedis.Mode.SLOW;
    it.time.runTasks(); // the first is granted, the others asked for together
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.answer();
    it.time.execute(() -> others.forEach(each -> each.cancel(false))); // before they are told
    it.time.runTasks();
    assertThat(first).isCompleted();
    assertThat(it.redis.giveBacks()).isEqualTo(2); // the first that left, and all others
    assertThat(it.left()).isEqualTo(9);
  }
}
