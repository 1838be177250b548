package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.perkey.Threads.Aside;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that use keys, one that removes them, and an evictor. No limiter of a key grants once
 * there is another, no use is rejected by a limiter that was closed under its hands, and no slot is
 * lost.
 *
 * <p>Promises: Per key 5.
 */
@Timeout(240)
class RemovalStressTest {
  private static final int KEYS = 4;

  private final AtomicReferenceArray<Watched> current = new AtomicReferenceArray<>(KEYS);
  private final LongAdder granted = new LongAdder();
  private final AtomicInteger made = new AtomicInteger();

  /** Always grants until it is closed; never idle, so that only a removal ends it. */
  private final class Watched extends FakeLimiter {
    private final int key;

    Watched(int key) {
      super(() -> false);
      this.key = key;
      made.incrementAndGet();
      Watched before = current.getAndSet(key, this);
      if (before != null && before.closed.get() == 0) {
        throw new AssertionError("a new limiter before the old one was closed");
      }
    }

    @Override
    public synchronized Optional<Permit> tryAcquire() {
      if (closed.get() > 0) {
        return Optional.empty();
      }
      if (current.get(key) != this) {
        throw new AssertionError("two limiters of a key grant");
      }
      granted.increment();
      return super.tryAcquire();
    }

    @Override
    public synchronized void close() {
      if (closed.incrementAndGet() > 1) {
        throw new AssertionError("closed twice");
      }
    }

    @Override
    public CompletableFuture<Permit> acquire() {
      return tryAcquire()
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> CompletableFuture.failedFuture(new LimiterClosedException("watched")));
    }
  }

  @Test
  @Tag("unit")
  void inPassing() throws Exception {
    race(20_000);
  }

  @Test
  @Tag("slow")
  void forLong() throws Exception {
    race(1_000_000);
  }

  private void race(int rounds) throws Exception {
    PerKeyRateLimiter<Integer, Watched> keys =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofNanos(1_000))
            .cleanupInterval(Duration.ofNanos(100_000))
            .maxKeys(KEYS)
            .build(Watched::new);
    List<Aside<Boolean>> all =
        Threads.together(
            4,
            thread ->
                () -> {
                  ThreadLocalRandom random = ThreadLocalRandom.current();
                  for (int i = 0; i < rounds; i++) {
                    int key = random.nextInt(KEYS);
                    if (thread == 0 || random.nextInt(50) == 0) {
                      keys.remove(key);
                    } else {
                      AsyncRateLimiter view = keys.forKey(key);
                      if (i % 2 == 0) {
                        assertThat(view.tryAcquire()).isPresent();
                      } else {
                        assertThat(view.acquire()).isCompleted();
                      }
                    }
                    if (keys.size() > KEYS || keys.size() < 0) {
                      throw new AssertionError(keys.size() + " keys");
                    }
                  }
                  return true;
                });
    for (Aside<Boolean> each : all) {
      assertThat(each.result()).isTrue();
    }
    for (int key = 0; key < KEYS; key++) {
      assertThat(keys.forKey(key).tryAcquire()).as("no slot is lost").isPresent();
    }
    assertThat(keys.size()).isEqualTo(KEYS);
    assertThat(keys.forKey(KEYS).isIdle()).isTrue();
    assertThat(made.get()).as("limiters made: else nothing was removed").isGreaterThan(KEYS);
    assertThat(granted.sum()).isPositive();
    assertThat(Reach.linkedEntries(keys)).as("entries, dead or alive").isLessThan(10 * KEYS);
    keys.close();
  }
}
