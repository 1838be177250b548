package io.asynctools.api.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.api.LimiterEnvironment;
import io.asynctools.api.Permit;
import io.asynctools.api.spi.ToyLine.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A release looks at the line only if somebody waits, and yet no wake-up is lost. */
@Tag("unit")
class WakeTest {

  /** A semaphore by one atomic, so that only the line's own order keeps a wake-up. */
  private static final class Gate extends RateLimiterBase {
    private final AtomicLong free;
    private int refusals;
    private int refusalToDisturb;
    private Runnable disturbance = () -> {};

    Gate(long permits) {
      super(LimiterSettings.of(LimiterEnvironment.system(), "gate").withExecutor(Runnable::run));
      this.free = new AtomicLong(permits);
    }

    @Override
    protected long take(long permits) {
      long had = free.get();
      while (had >= permits) {
        long witness = free.compareAndExchange(had, had - permits);
        if (witness == had) {
          return 0;
        }
        had = witness;
      }
      if (refusalToDisturb != 0 && ++refusals == refusalToDisturb) {
        disturbance.run();
      }
      return REFUSED;
    }

    @Override
    protected long undo(long permits, long mark, long returned) {
      free.addAndGet(permits);
      return 0;
    }

    @Override
    protected Permit permit(long permits) {
      return () -> {
        free.addAndGet(permits);
        wake();
      };
    }

    @Override
    protected long maxPermits() {
      return Long.MAX_VALUE;
    }

    @Override
    protected boolean idle() {
      return true;
    }
  }

  /** Promises: All 13. */
  @Test
  void aReleaseWithNobodyWaitingTakesNoLock() throws Exception {
    Counter counter = new Counter(1, Runnable::run);
    assertThat(counter.tryAcquire()).isPresent();
    counter.acquire(1, Duration.ofDays(1)).cancel(false); // makes the line, and leaves it
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    CompletableFuture<Void> holder =
        Others.start(
            () -> {
              counter.line().lock.lock();
              locked.countDown();
              Others.await(released);
              counter.line().lock.unlock();
            });
    Others.await(locked);
    Others.join(Others.start(() -> counter.free(1)));
    released.countDown();
    Others.join(holder);
    assertThat(counter.left()).isEqualTo(1);
  }

  /** Promises: Semaphore 1. */
  @Test
  void aReleaseWakesWhoeverWaits() {
    Gate gate = new Gate(1);
    Permit held = gate.tryAcquire().orElseThrow();
    CompletableFuture<Permit> first = gate.acquire();
    CompletableFuture<Permit> second = gate.acquire();
    held.release();
    assertThat(first).isCompleted();
    assertThat(second).isNotDone();
    first.join().release();
    assertThat(second).isCompleted();
  }

  /**
   * A newcomer is refused three times: outside the line, before it has joined and after. Whenever
   * the permit comes back in between, it is granted.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aReleaseJustAfterARefusalIsNotLost(int refusal) throws Exception {
    Gate gate = new Gate(1);
    assertThat(gate.tryAcquire()).isPresent();
    List<CompletableFuture<Void>> releaser = new ArrayList<>();
    CountDownLatch freed = new CountDownLatch(1);
    gate.refusalToDisturb = refusal;
    gate.disturbance =
        () -> {
          releaser.add(
              Others.start(
                  () -> {
                    gate.free.incrementAndGet();
                    if (refusal == 3) {
                      freed.countDown(); // it goes on to wait for the line's lock
                    }
                    gate.wake();
                    freed.countDown();
                  }));
          Others.await(freed);
        };
    CompletableFuture<Permit> waiter = gate.acquire();
    Others.join(releaser.get(0));
    assertThat(waiter).isCompleted();
    assertThat(gate.waiters()).isZero();
  }

  /**
   * Two permits for four threads: a lost wake-up leaves one waiting, and its thread too.
   *
   * <p>Promises: Semaphore 1.
   */
  @Test
  void underContentionNoWakeUpIsLost() throws Exception {
    Gate gate = new Gate(2);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger granted = new AtomicInteger();
    Others.runTogether(
        4,
        () -> {
          for (int i = 0; i < 20_000; i++) {
            CompletableFuture<Permit> future = gate.acquire();
            Permit permit = future.get(30, TimeUnit.SECONDS);
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            granted.incrementAndGet();
            inside.decrementAndGet();
            permit.release();
          }
        });
    assertThat(granted).hasValue(80_000);
    assertThat(most).hasValueBetween(1, 2);
    assertThat(gate.waiters()).isZero();
    assertThat(gate.free).hasValue(2);
  }

  /**
   * The one wake-up there is: one joins an empty line while the only permit comes back.
   *
   * <p>Promises: Semaphore 1.
   */
  @Test
  void aReleaseThatRacesWithTheFirstToJoinIsNotLost() throws Exception {
    Gate gate = new Gate(1);
    SynchronousQueue<Permit> held = new SynchronousQueue<>();
    int rounds = 20_000;
    CompletableFuture<Void> releaser =
        Others.start(
            () -> {
              for (int i = 0; i < rounds; i++) {
                held.take().release();
              }
            });
    Permit permit = gate.tryAcquire().orElseThrow();
    for (int i = 0; i < rounds; i++) {
      assertThat(held.offer(permit, 30, TimeUnit.SECONDS)).isTrue();
      permit = gate.acquire().get(30, TimeUnit.SECONDS);
    }
    Others.join(releaser);
    assertThat(gate.waiters()).isZero();
    assertThat(gate.tryAcquire()).isEmpty();
  }
}
