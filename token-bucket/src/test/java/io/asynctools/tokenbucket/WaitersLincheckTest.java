package io.asynctools.tokenbucket;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
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
 * Waiters who come, wait through other operations, and leave, under every interleaving that
 * Lincheck tries. However it went, no token is burned by one who left or spent twice, and nobody
 * waits for what is there. The time stands still, so the tokens are all there will be.
 *
 * <p>Promises: All 3, Token bucket 4.
 */
@Tag("slow")
@Param(name = "thread", gen = ThreadIdGen.class)
@Param(name = "permits", gen = IntGen.class, conf = "1:4")
public class WaitersLincheckTest {
  private static final int HANDS = 5; // by thread, with one to spare at either end
  private static final Rate RATE = Rate.perSecond(3);
  private static final int CAPACITY = 6;
  private static final int TOKENS = 5;

  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(RATE)
          .capacity(CAPACITY)
          .initialTokens(TOKENS)
          .timeSource(new ReadableTime(() -> Long.MAX_VALUE))
          .executor(Runnable::run)
          .build();
  private final @Nullable CompletableFuture<Permit>[] hands = hands();
  private final int[] asked = new int[HANDS];
  private final AtomicLong spent = new AtomicLong();

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of generics
  private static @Nullable CompletableFuture<Permit>[] hands() {
    return new CompletableFuture[HANDS];
  }

  @Operation
  public void come(@Param(name = "thread") int thread, @Param(name = "permits") int permits) {
    if (hands[thread] == null) {
      asked[thread] = permits;
      hands[thread] = bucket.acquire(permits);
    }
  }

  /** Gives up waiting; or had its tokens, which stay spent. */
  @Operation
  public void leave(@Param(name = "thread") int thread) {
    CompletableFuture<Permit> hand = hands[thread];
    hands[thread] = null;
    if (hand != null && !hand.cancel(false)) {
      spent.addAndGet(asked[thread]);
    }
  }

  @Operation
  public void tryAcquire(@Param(name = "permits") int permits) {
    if (bucket.tryAcquire(permits).isPresent()) {
      spent.addAndGet(permits);
    }
  }

  /**
   * No token is burned or made, and nobody waits for what is there: another look at the line, which
   * a change to the same rate takes, finds nobody to serve.
   */
  @Validate
  public void theBooksBalance() {
    long left = TOKENS - spent.get();
    int waiting = 0;
    for (int i = 0; i < HANDS; i++) {
      CompletableFuture<Permit> hand = hands[i];
      if (hand != null && hand.isDone()) {
        left -= asked[i];
      } else if (hand != null) {
        waiting++;
      }
    }
    if (bucket.availableTokens() != left) {
      throw new IllegalStateException(left + " are left, not " + bucket.availableTokens());
    }
    if (bucket.waiters() != waiting) {
      throw new IllegalStateException(waiting + " wait, not " + bucket.waiters());
    }
    bucket.reconfigure(RATE, CAPACITY);
    if (bucket.waiters() != waiting) {
      throw new IllegalStateException("one waited though " + left + " were left");
    }
  }

  @Test
  void noInterleavingBurnsATokenOrForgetsAWaiter() {
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
