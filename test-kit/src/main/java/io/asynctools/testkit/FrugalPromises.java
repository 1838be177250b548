package io.asynctools.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a limiter costs on which nobody waits. */
interface FrugalPromises extends LimiterHooks {

  /**
   * A refused {@code tryAcquire} allocates nothing.
   *
   * <p>Promises: All 13.
   */
  @Test
  @DisplayName("All 13: a rejected tryAcquire allocates nothing")
  default void aRefusedTryAllocatesNothing() {
    if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
        || !threads.isThreadAllocatedMemorySupported()) {
      abort("this virtual machine does not count what a thread allocates");
      return;
    }
    Trial it = Trial.of(this, 1);
    it.take(1);
    int tries = 20_000;
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 3; round++) { // the first loads classes
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < tries; i++) {
        if (it.limiter.tryAcquire(1).isPresent()) {
          throw new AssertionError(
              "[tryAcquire on a limiter of 1 must be empty while its permit is out]");
        }
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as("%s rejected tries must allocate nothing", tries).isLessThan(tries);
  }

  /**
   * No timer runs while nobody waits.
   *
   * <p>Promises: All 13.
   */
  @Test
  @DisplayName("All 13: no timer is set while no request waits")
  default void noTimerRunsWhileNobodyWaits() {
    Trial it = Trial.of(this, 2);
    CompletableFuture<Object> running = new CompletableFuture<>();
    CompletableFuture<Object> result = it.limiter.execute(() -> running);
    it.answers();
    it.take(1);
    it.rejects(1, "all its permits are out");
    CompletableFuture<?> refused = it.limiter.acquire(1, Duration.ZERO);
    it.answers();
    assertThat(refused)
        .as("acquire(1, ZERO) must be rejected while all permits are out")
        .isCompletedExceptionally();
    it.hasNoTimers("with a call running");
    running.complete("over");
    Trial.isGranted(result, "request 'result'");
    it.hasNoTimers("after the call has ended");
  }
}
