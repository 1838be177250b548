package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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
 * Uses of a key against the housekeeper, under every interleaving that Lincheck tries. Each history
 * has to be one of a limiter that is never forgotten: a plain semaphore, a plain bucket.
 *
 * <p>Promises: Per key 2.
 */
@Tag("slow")
public class EvictionLincheckTest {
  private static final Rate ONE_A_DAY = new Rate(1, Duration.ofDays(1));

  private static <L extends AsyncRateLimiter> PerKeyRateLimiter<String, L> keys(
      HandTurned time, Function<String, L> factory) {
    return PerKeyRateLimiter.builder()
        .maxIdle(Duration.ofNanos(1))
        .cleanupInterval(Duration.ofNanos(1))
        .timeSource(time)
        .executor(Runnable::run)
        .build(factory);
  }

  private static SemaphoreRateLimiter semaphore() {
    return SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  }

  private static TokenBucketRateLimiter bucket() {
    return TokenBucketRateLimiter.builder(ONE_A_DAY)
        .capacity(3)
        .timeSource(new HandTurned())
        .executor(Runnable::run)
        .build();
  }

  /** A key with a semaphore of one. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class OverASemaphore {
    private final HandTurned time = new HandTurned();
    private final PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        keys(time, key -> semaphore());
    private final AsyncRateLimiter view = keys.forKey("key");
    private final List<Deque<Permit>> held = // by thread, with one to spare at either end
        Stream.<Deque<Permit>>generate(ArrayDeque::new).limit(4).toList();

    @Operation
    public boolean tryAcquire(@Param(name = "thread") int thread) {
      return keep(view.tryAcquire(), thread);
    }

    private boolean keep(Optional<Permit> permit, int thread) {
      permit.ifPresent(held.get(thread)::push);
      return permit.isPresent();
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
    public void evict() {
      time.ring();
    }
  }

  /** The same, of a semaphore that is never forgotten. */
  public static class OneSemaphore {
    private final SemaphoreRateLimiter semaphore = semaphore();
    private final List<Deque<Permit>> held =
        Stream.<Deque<Permit>>generate(ArrayDeque::new).limit(4).toList();

    public boolean tryAcquire(int thread) {
      Optional<Permit> permit = semaphore.tryAcquire();
      permit.ifPresent(held.get(thread)::push);
      return permit.isPresent();
    }

    public boolean release(int thread) {
      Permit permit = held.get(thread).poll();
      if (permit == null) {
        return false;
      }
      permit.release();
      return true;
    }

    public void evict() {}
  }

  /** A key with a bucket of three, which refills in days. */
  @Param(name = "permits", gen = IntGen.class, conf = "1:2")
  public static class OverABucket {
    private final HandTurned time = new HandTurned();
    private final PerKeyRateLimiter<String, TokenBucketRateLimiter> keys =
        keys(time, key -> bucket());

    @Operation
    public boolean tryAcquire(@Param(name = "permits") int permits) {
      return keys.forKey("key").tryAcquire(permits).isPresent();
    }

    @Operation
    public long availableTokens() {
      return keys.with("key", TokenBucketRateLimiter::availableTokens);
    }

    @Operation
    public void evict() {
      time.ring();
    }
  }

  /** The same, of a bucket that is never forgotten. */
  public static class OneBucket {
    private final TokenBucketRateLimiter bucket = bucket();

    public boolean tryAcquire(int permits) {
      return bucket.tryAcquire(permits).isPresent();
    }

    public long availableTokens() {
      return bucket.availableTokens();
    }

    public void evict() {}
  }

  @Test
  void noInterleavingTellsAKeysSemaphoreFromOneThatIsNeverForgotten() {
    modelChecking().sequentialSpecification(OneSemaphore.class).check(OverASemaphore.class);
  }

  @Test
  void noInterleavingTellsAKeysBucketFromOneThatIsNeverForgotten() {
    modelChecking().sequentialSpecification(OneBucket.class).check(OverABucket.class);
  }

  @Test
  void norDoesAStressTest() {
    stress().sequentialSpecification(OneSemaphore.class).check(OverASemaphore.class);
    stress().sequentialSpecification(OneBucket.class).check(OverABucket.class);
  }

  /** Else the tests above say nothing. */
  @Test
  void ringingForgetsAnIdleKey() {
    OverASemaphore one = new OverASemaphore();
    assertThat(one.tryAcquire(1)).isTrue();
    one.evict();
    assertThat(one.keys.size()).isEqualTo(1);
    assertThat(one.release(1)).isTrue();
    one.evict();
    assertThat(one.keys.size()).isZero();
  }

  private static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .iterations(20)
        .invocationsPerIteration(500)
        .loopBound(10_000) // standing aside is a long loop, but not a hang
        .threads(2)
        .actorsPerThread(4);
  }

  private static StressOptions stress() {
    return new StressOptions()
        .iterations(10)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsPerThread(4);
  }
}
