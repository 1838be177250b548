package io.asynctools.semaphore;

import io.asynctools.api.Permit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Grants, waiters that give up, releases and resizes under every interleaving that Lincheck tries:
 * each history is one that a single thread could have seen.
 *
 * <p>Each thread ends permits of its own, so that none is between two operations. There are two
 * threads, and one who waits wants one permit: else a try could see permits come back and yet be
 * refused, because of a waiter that then leaves, which is in order but not in a single thread's.
 *
 * <p>Promises: Semaphore 1, Semaphore 2, All 2, All 3.
 */
@Tag("slow")
@Param(name = "permits", gen = IntGen.class, conf = "1:3")
@Param(name = "limit", gen = IntGen.class, conf = "3:5")
@Param(name = "thread", gen = ThreadIdGen.class)
public class InterleavingsLincheckTest {
  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(3).executor(Runnable::run).build();
  private final List<Deque<Permit>> held = // by thread, with one to spare at either end
      Stream.<Deque<Permit>>generate(ArrayDeque::new).limit(4).toList();

  @Operation
  public boolean tryAcquire(
      @Param(name = "permits") int permits, @Param(name = "thread") int thread) {
    Optional<Permit> permit = semaphore.tryAcquire(permits);
    permit.ifPresent(held.get(thread)::push);
    return permit.isPresent();
  }

  /** Has the permit at once, or while it waits, or gives up. */
  @Operation
  public boolean acquireOrGiveUp(@Param(name = "thread") int thread) {
    CompletableFuture<Permit> waiter = semaphore.acquire();
    if (waiter.cancel(false)) {
      return false;
    }
    held.get(thread).push(waiter.join());
    return true;
  }

  @Operation
  public boolean release(@Param(name = "thread") int thread) {
    Permit permit = held.get(thread).poll();
    if (permit == null) {
      return false;
    }
    permit.release();
    return true;
  }

  @Operation
  public int availablePermits() {
    return semaphore.availablePermits();
  }

  @Operation
  public boolean isIdle() {
    return semaphore.isIdle();
  }

  @Operation
  public void resize(@Param(name = "limit") int limit) {
    semaphore.resize(limit);
  }

  @Test
  void everyInterleavingIsOneThatAThreadAloneCouldHaveSeen() {
    new ModelCheckingOptions()
        .iterations(20)
        .invocationsPerIteration(500)
        .loopBound(10_000) // standing aside is a long loop, but not a hang
        .threads(2)
        .actorsPerThread(3)
        .check(getClass());
  }

  @Test
  void soIsEveryOneThatAStressTestMeets() {
    new StressOptions()
        .iterations(20)
        .invocationsPerIteration(2_000)
        .threads(2)
        .actorsPerThread(3)
        .check(getClass());
  }
}
