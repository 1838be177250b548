package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.perkey.Threads.Aside;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * On real time: threads against a housekeeper that comes every 100 µs and forgets what was idle for
 * a microsecond. No key ever exceeds its limit.
 *
 * <p>Promises: Per key 2.
 */
@Timeout(120)
class EvictionStressTest {
  private static final int THREADS = 3;

  private final LongAdder made = new LongAdder();
  private final LongAdder granted = new LongAdder();

  @Test
  @Tag("unit")
  void semaphoresInPassing() throws Exception {
    semaphores(() -> rounds(20_000, 8));
  }

  @Test
  @Tag("unit")
  void bucketsInPassing() throws Exception {
    buckets(() -> rounds(10_000, 400));
  }

  @Test
  @Tag("slow")
  void semaphoresForTenSeconds() throws Exception {
    semaphores(EvictionStressTest::tenSeconds);
    assertThat(made.sum()).as("limiters made").isGreaterThan(10_000);
  }

  @Test
  @Tag("slow")
  void bucketsForTenSeconds() throws Exception {
    buckets(EvictionStressTest::tenSeconds);
    assertThat(made.sum()).as("limiters made").isGreaterThan(10_000);
  }

  /** So many at least, and until a key was forgotten, which the machine may keep waiting. */
  private BooleanSupplier rounds(int many, int keys) {
    int[] left = {many};
    return () -> left[0]-- > 0 || made.sum() <= keys;
  }

  private static BooleanSupplier tenSeconds() {
    long start = System.nanoTime();
    return () -> System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10);
  }

  private void semaphores(Supplier<BooleanSupplier> time) throws Exception {
    int limit = 2;
    AtomicInteger[] out = // counted inside, so never too high
        IntStream.range(0, 8).mapToObj(key -> new AtomicInteger()).toArray(AtomicInteger[]::new);
    try (PerKeyRateLimiter<Integer, AsyncRateLimiter> keys =
        keys(key -> new Pensive(SemaphoreRateLimiter.builder(limit).build()))) {
      everyThread(
          time,
          random -> {
            int key = random.nextInt(out.length);
            AsyncRateLimiter view = keys.forKey(key);
            Optional<Permit> permit = view.tryAcquire();
            Optional<Permit> second = view.tryAcquire();
            int now = out[key].addAndGet(count(permit) + count(second));
            if (now > limit) {
              throw new AssertionError(now + " permits of key " + key);
            }
            linger(random.nextInt(50));
            out[key].addAndGet(-count(permit) - count(second));
            permit.ifPresent(Permit::release);
            second.ifPresent(Permit::release);
          });
    }
    assertThat(made.sum()).as("limiters made: else nothing was forgotten").isGreaterThan(8);
  }

  /** Hesitates between the look and the answer, so that somebody comes between. */
  private static final class Pensive extends FakeLimiter {
    private final SemaphoreRateLimiter semaphore;

    Pensive(SemaphoreRateLimiter semaphore) {
      super(
          () -> {
            boolean idle = semaphore.isIdle();
            linger(100);
            return idle;
          });
      this.semaphore = semaphore;
    }

    @Override
    public Optional<Permit> tryAcquire() {
      return semaphore.tryAcquire();
    }
  }

  private static void linger(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  private int count(Optional<Permit> permit) {
    if (permit.isPresent()) {
      granted.increment();
      return 1;
    }
    return 0;
  }

  /** Each key gets bursts, and quiet times long enough to be full again, or not quite. */
  private void buckets(Supplier<BooleanSupplier> time) throws Exception {
    int burst = 2;
    Grants[] grants =
        IntStream.range(0, 400)
            .mapToObj(key -> new Grants(burst, 200 + 10 * key))
            .toArray(Grants[]::new);
    try (PerKeyRateLimiter<Integer, TokenBucketRateLimiter> keys =
        keys(
            key ->
                TokenBucketRateLimiter.builder(Rate.perSecond(grants[key].perSecond))
                    .capacity(burst)
                    .build())) {
      everyThread(
          time,
          random -> {
            int key = random.nextInt(grants.length);
            AsyncRateLimiter view = keys.forKey(key);
            for (int i = 0; i < 4; i++) {
              long before = System.nanoTime();
              if (view.tryAcquire().isPresent()) {
                granted.increment();
                grants[key].add(before);
              }
            }
          });
    }
    assertThat(made.sum()).as("limiters made: else nothing was forgotten").isGreaterThan(400);
  }

  private interface Round {
    void run(ThreadLocalRandom random);
  }

  private void everyThread(Supplier<BooleanSupplier> time, Round round) throws Exception {
    List<Aside<Boolean>> all =
        Threads.together(
            THREADS,
            thread ->
                (Callable<Boolean>)
                    () -> {
                      ThreadLocalRandom random = ThreadLocalRandom.current();
                      for (BooleanSupplier goesOn = time.get(); goesOn.getAsBoolean(); ) {
                        round.run(random);
                      }
                      return true;
                    });
    for (Aside<Boolean> each : all) {
      assertThat(each.result()).isTrue();
    }
    assertThat(granted.sum()).isPositive();
  }

  private <L extends AsyncRateLimiter> PerKeyRateLimiter<Integer, L> keys(
      Function<Integer, L> factory) {
    return PerKeyRateLimiter.builder()
        .maxIdle(Duration.ofNanos(1_000))
        .cleanupInterval(Duration.ofNanos(100_000))
        .build(
            key -> {
              made.increment();
              return factory.apply(key);
            });
  }

  /**
   * The last grants of a key, each by an instant before it. Among any of them and one that has just
   * been given, there are no more than the window from the earliest of them until now allows.
   */
  private static final class Grants {
    private static final int KEPT = 16;

    final long perSecond;
    private final int burst;
    private final long[] before = new long[KEPT];
    private int many;

    Grants(int burst, long perSecond) {
      this.burst = burst;
      this.perSecond = perSecond;
    }

    synchronized void add(long beforeIt) {
      long now = System.nanoTime();
      before[many++ % KEPT] = beforeIt;
      long longest = 0;
      for (int n = 1; n <= Math.min(many, KEPT); n++) {
        longest = Math.max(longest, now - before[(many - n) % KEPT]);
        double allowed = burst + perSecond * (longest + 1) / 1e9;
        if (n > allowed) {
          throw new AssertionError(n + " grants within " + longest + " ns, at " + perSecond + "/s");
        }
      }
    }
  }
}
