package io.asynctools.tokenbucket;

import io.asynctools.api.Rate;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Grants, looks and changes of a bucket under every interleaving that Lincheck tries: each history
 * is one that a single thread could have seen. The time stands still, so the tokens are all there
 * will be.
 *
 * <p>Promises: Token bucket 4, Token bucket 5, All 12.
 */
@Tag("slow")
@Param(name = "permits", gen = IntGen.class, conf = "1:3")
public class InterleavingsLincheckTest {
  private final TokenBucketRateLimiter bucket =
      TokenBucketRateLimiter.builder(Rate.perSecond(3))
          .capacity(6)
          .initialTokens(5)
          .timeSource(new ReadableTime(() -> -7))
          .executor(Runnable::run)
          .build();

  @Operation
  public boolean tryAcquire(@Param(name = "permits") int permits) {
    return bucket.tryAcquire(permits).isPresent();
  }

  @Operation
  public long availableTokens() {
    return bucket.availableTokens();
  }

  @Operation
  public boolean isIdle() {
    return bucket.isIdle();
  }

  @Operation
  public void reconfigure(@Param(name = "permits") int permits) {
    bucket.reconfigure(Rate.perSecond(permits), 3 + permits);
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
