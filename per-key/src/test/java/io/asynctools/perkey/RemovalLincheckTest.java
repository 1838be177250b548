package io.asynctools.perkey;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Uses of a key against its removal and the evictor, under every interleaving that Lincheck tries.
 * Each history has to be one of a semaphore in a variable, which a removal replaces by a new one.
 *
 * <p>Promises: Per key 5.
 */
@Tag("slow")
public class RemovalLincheckTest {

  private static SemaphoreRateLimiter semaphore() {
    return SemaphoreRateLimiter.builder(1).executor(Runnable::run).build();
  }

  private static List<Deque<Permit>> noPermits() { // by thread, with one to spare at either end
    return Stream.<Deque<Permit>>generate(ArrayDeque::new).limit(4).toList();
  }

  private static boolean keep(Optional<Permit> permit, Deque<Permit> held) {
    permit.ifPresent(held::push);
    return permit.isPresent();
  }

  private static boolean release(Deque<Permit> held) {
    Permit permit = held.poll();
    if (permit == null) {
      return false;
    }
    permit.release();
    return true;
  }

  /** A key with a semaphore of one, where there may be one key. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class OfAKey {
    private final HandTurned time = new HandTurned();
    private final PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofNanos(1))
            .cleanupInterval(Duration.ofNanos(1))
            .maxKeys(1)
            .timeSource(time)
            .executor(Runnable::run)
            .build(key -> semaphore());
    private final AsyncRateLimiter view = keys.forKey("key");
    private final List<Deque<Permit>> held = noPermits();

    @Operation
    public boolean tryAcquire(@Param(name = "thread") int thread) {
      return keep(view.tryAcquire(), held.get(thread));
    }

    @Operation
    public boolean release(@Param(name = "thread") int thread) {
      return RemovalLincheckTest.release(held.get(thread));
    }

    @Operation
    public void remove() {
      keys.remove("key");
    }

    @Operation
    public void evict() {
      time.ring();
    }
  }

  /** The same, of a semaphore that stands in a variable. */
  public static class OfAVariable {
    private SemaphoreRateLimiter semaphore = semaphore();
    private final List<Deque<Permit>> held = noPermits();

    public boolean tryAcquire(int thread) {
      return keep(semaphore.tryAcquire(), held.get(thread));
    }

    public boolean release(int thread) {
      return RemovalLincheckTest.release(held.get(thread));
    }

    public void remove() {
      semaphore = semaphore();
    }

    public void evict() {}
  }

  @Test
  void noInterleavingTellsARemovalFromANewSemaphore() {
    new ModelCheckingOptions()
        .iterations(20)
        .invocationsPerIteration(500)
        .loopBound(10_000) // standing aside is a long loop, but not a hang
        .threads(2)
        .actorsPerThread(4)
        .sequentialSpecification(OfAVariable.class)
        .check(OfAKey.class);
  }

  @Test
  void norDoesAStressTest() {
    new StressOptions()
        .iterations(10)
        .invocationsPerIteration(1_000)
        .threads(2)
        .actorsPerThread(4)
        .sequentialSpecification(OfAVariable.class)
        .check(OfAKey.class);
  }
}
