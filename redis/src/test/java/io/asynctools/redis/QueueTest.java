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
 * Who wait for one key in one JVM are asked for at once, by one command at a time.
 *
 * <p>Promises: Redis 1, Redis 2, All 2.
 */
@Tag("unit")
class QueueTest {
  private final Fixture it = new Fixture("10/s", 100, OnFailure.LOCAL);

  private List<CompletableFuture<Permit>> ask(int times) {
    List<CompletableFuture<Permit>> asked = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      asked.add(it.limiter.acquire());
    }
    return asked;
  }

  private static long granted(List<CompletableFuture<Permit>> asked) {
    return asked.stream().filter(Fixture::granted).count();
  }

  /** The first asks for itself; all who come meanwhile are asked for together. */
  @Test
  void aHundredCallersTakeTwoCommands() {
    List<CompletableFuture<Permit>> asked = ask(100);
    assertThat(it.redis.calls).as("commands at a time").hasSize(1);
    it.time.runTasks();
    assertThat(granted(asked)).isEqualTo(100);
    assertThat(it.redis.calls).hasSize(2);
    assertThat(it.limiter.isIdle()).isTrue();
  }

  @Test
  void asManyAreTakenAsFit() {
    List<CompletableFuture<Permit>> asked = ask(130);
    it.time.runTasks();
    assertThat(granted(asked)).isEqualTo(100);
    assertThat(asked.subList(0, 100)).allMatch(Fixture::granted);
    it.time.advance(Duration.ofMillis(99));
    assertThat(granted(asked)).isEqualTo(100);
    it.time.advance(Duration.ofMillis(1));
    assertThat(granted(asked)).isEqualTo(101);
    it.time.advance(Duration.ofSeconds(3));
    assertThat(granted(asked)).isEqualTo(130);
  }

  /** What is asked for besides the head's goes to whoever is in line then, large or small. */
  @Test
  void theStockGoesToThoseInLine() {
    final CompletableFuture<Permit> first = it.limiter.acquire();
    CompletableFuture<Permit> head = it.limiter.acquire(10);
    CompletableFuture<Permit> large = it.limiter.acquire(80);
    final CompletableFuture<Permit> small = it.limiter.acquire(5);
    it.time.runTasks();
    assertThat(List.of(first, head, large, small)).allMatch(Fixture::granted);
    assertThat(it.redis.calls).hasSize(2);
    assertThat(it.left()).isEqualTo(4);
  }

  /** It is never more than those in line ask for, and what nobody takes goes back. */
  @Test
  void whatNobodyTakesGoesBack() {
    final CompletableFuture<Permit> first = it.limiter.acquire();
    List<CompletableFuture<Permit>> asked = ask(50);
    it.redis.mode = FakeRedis.Mode.SLOW;
    it.time.runTasks(); // the first is answered, the question for the 50 is out
    assertThat(first).isCompleted();
    asked.subList(10, 40).forEach(each -> each.cancel(false));
    it.redis.mode = FakeRedis.Mode.WELL;
    it.redis.release();
    assertThat(granted(asked)).isEqualTo(20);
    assertThat(it.redis.giveBacks()).isEqualTo(1);
    assertThat(it.left()).isEqualTo(100 - 1 - 20);
  }

  /** Stock never waits for a caller who may come: a try that comes later is told by Redis. */
  @Test
  void nothingIsHoarded() {
    ask(3);
    it.time.runTasks();
    assertThat(it.limiter.tryAcquire()).isEmpty();
    assertThat(it.left()).isEqualTo(97);
  }

  /** A large request is not starved by small ones behind it, nor by what they take. */
  @Test
  void aLargeRequestAtTheHeadKeepsItsTurn() {
    it.asked(100);
    CompletableFuture<Permit> large = it.limiter.acquire(50);
    List<CompletableFuture<Permit>> small = ask(10);
    it.time.advance(Duration.ofMillis(4_999));
    assertThat(large).isNotDone();
    assertThat(small).noneMatch(CompletableFuture::isDone);
    it.time.advance(Duration.ofMillis(1));
    assertThat(large).isCompleted();
    it.time.advance(Duration.ofSeconds(1));
    assertThat(small).allMatch(Fixture::granted);
  }

  /** Who waits is not asked for again and again: Redis has said when. */
  @Test
  void whoWaitsCostsNoCommandsMeanwhile() {
    it.asked(100);
    ask(5);
    it.time.runTasks();
    long before = it.redis.calls.size();
    it.time.advance(Duration.ofMillis(99));
    ask(5);
    assertThat(it.redis.calls).hasSize((int) before);
  }

  /** What a newcomer's wait will be is known from what the head was told. */
  @Test
  void theWaitOfANewcomerIsKnown() {
    it.asked(100);
    ask(5);
    it.time.runTasks();
    assertThat(it.limiter.estimateWait(5)).isEqualTo(Duration.ofSeconds(1));
    CompletableFuture<Permit> late = it.limiter.acquire(1, Duration.ofMillis(599));
    assertThat(late).isCompletedExceptionally();
    assertThat(it.limiter.acquire(1, Duration.ofMillis(600))).isNotDone();
  }
}
