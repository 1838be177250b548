package io.asynctools.semaphore;

import io.asynctools.api.Permit;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Waiters who come, wait through other operations, are granted or leave, while permits are released
 * and the limit changes, under every interleaving that Lincheck tries. However it went, no permit
 * is lost or made, and nobody waits for what is free.
 *
 * <p>That is asked at the end of each run, and not whether a single thread could have seen the
 * same: one who comes while nobody waits may overtake one who joins at that moment.
 *
 * <p>Promises: Semaphore 1, Semaphore 2, All 3, All 5.
 */
@Tag("slow")
@Param(name = "thread", gen = ThreadIdGen.class)
@Param(name = "permits", gen = IntGen.class, conf = "1:2")
@Param(name = "limit", gen = IntGen.class, conf = "2:3")
public class WaitersLincheckTest {
  private static final int HANDS = 5; // by thread, with one to spare at either end

  private final SemaphoreRateLimiter semaphore =
      SemaphoreRateLimiter.builder(2).executor(Runnable::run).build();
  private final @Nullable CompletableFuture<Permit>[] hands = hands();
  private final int[] asked = new int[HANDS];
  private volatile int limit = 2; // by the first thread alone

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of generics
  private static @Nullable CompletableFuture<Permit>[] hands() {
    return new CompletableFuture[HANDS];
  }

  @Operation
  public void come(@Param(name = "thread") int thread, @Param(name = "permits") int permits) {
    if (hands[thread] == null) {
      asked[thread] = permits;
      hands[thread] = semaphore.acquire(permits);
    }
  }

  /** Gives up waiting, or what it was granted. */
  @Operation
  public void leave(@Param(name = "thread") int thread) {
    CompletableFuture<Permit> hand = hands[thread];
    hands[thread] = null;
    if (hand != null && !hand.cancel(false)) {
      hand.join().release();
    }
  }

  @Operation(nonParallelGroup = "resize")
  public void resize(@Param(name = "limit") int to) {
    semaphore.resize(to);
    limit = to;
  }

  /**
   * No permit is lost or made, and nobody waits for what is free: another look at the line, which a
   * resize to the same limit takes, finds nobody to serve.
   */
  @Validate
  public void theBooksBalance() {
    int out = 0;
    int waiting = 0;
    for (int i = 0; i < HANDS; i++) {
      CompletableFuture<Permit> hand = hands[i];
      if (hand != null && hand.isDone()) {
        out += asked[i];
      } else if (hand != null) {
        waiting++;
      }
    }
    int free = Math.max(limit - out, 0);
    if (semaphore.availablePermits() != free) {
      throw new IllegalStateException(free + " are free, not " + semaphore.availablePermits());
    }
    if (semaphore.waiters() != waiting) {
      throw new IllegalStateException(waiting + " wait, not " + semaphore.waiters());
    }
    semaphore.resize(limit);
    if (semaphore.waiters() != waiting) {
      throw new IllegalStateException("one waited though " + free + " were free");
    }
  }

  @Test
  void noInterleavingLosesAPermitOrAWaiter() {
    check(
        new ModelCheckingOptions()
            .iterations(40)
            .invocationsPerIteration(500)
            .loopBound(10_000)); // standing aside is a long loop, but not a hang
  }

  @Test
  void norDoesAStressTest() {
    check(new StressOptions().iterations(20).invocationsPerIteration(2_000));
  }

  static void check(Options<?, ?> options) {
    options
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(1)
        .verifier(EpsilonVerifier.class)
        .check(WaitersLincheckTest.class);
  }
}
