package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.perkey.Threads.Aside;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code close} ends the housekeeping and closes every limiter.
 *
 * <p>Promises: Per key 4, All 10.
 */
@Tag("unit")
@Timeout(120)
class ClosingTest {
  private final ManualTime time = new ManualTime();
  private final Queue<FakeLimiter> made = new ConcurrentLinkedQueue<>();

  @Test
  void closingClosesEveryLimiterOnceAndLeavesNoTimer() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(this::make);
    for (int key = 0; key < 1_000; key++) {
      assertThat(keys.forKey(key).tryAcquire()).isPresent();
    }
    keys.close();
    keys.close();
    assertThat(made).hasSize(1_000).allMatch(limiter -> limiter.closed.get() == 1);
    assertThat(keys.size()).isZero();
    assertThat(time.pending()).isZero();
    time.advance(Duration.ofDays(1));
  }

  /** The housekeeper's list held them all, for as long as anybody kept a view of one key. */
  @Test
  void whoeverKeepsAViewKeepsNoLimiter() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(key -> FakeLimiter.busy());
    for (int key = 0; key < 1_000; key++) {
      assertThat(keys.forKey(key).tryAcquire()).isPresent();
    }
    assertThat(Reach.entriesFrom(keys)).isEqualTo(1_000);
    keys.close();
    assertThat(Reach.entriesFrom(keys)).isZero();
  }

  @Test
  void laterUsesFailAndMakeNothing() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(this::make);
    AsyncRateLimiter known = keys.forKey(1);
    assertThat(known.tryAcquire()).isPresent();
    keys.close();
    for (AsyncRateLimiter view : List.of(known, keys.forKey(2))) {
      assertThat(view.tryAcquire()).isEmpty();
      assertThat(view.tryAcquire(1)).isEmpty();
      assertThat(view.isIdle()).isFalse();
      for (CompletableFuture<?> future :
          List.of(view.acquire(), view.execute(() -> CompletableFuture.completedFuture("never")))) {
        assertThat(future.handle((value, thrown) -> thrown).join())
            .isInstanceOf(LimiterClosedException.class)
            .hasMessageContaining("'tenants'");
      }
      assertThatExceptionOfType(LimiterClosedException.class).isThrownBy(view::acquireBlocking);
      assertThatExceptionOfType(LimiterClosedException.class)
          .isThrownBy(() -> view.call(() -> "never"));
    }
    assertThatExceptionOfType(LimiterClosedException.class)
        .isThrownBy(() -> keys.with(1, limiter -> limiter));
    assertThat(made).hasSize(1);
  }

  @Test
  void aViewThatIsClosedClosesNothing() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(this::make);
    AsyncRateLimiter view = keys.forKey(1);
    assertThat(view.tryAcquire()).isPresent();
    view.close();
    assertThat(view.tryAcquire()).isPresent();
    assertThat(made).hasSize(1).allMatch(limiter -> limiter.closed.get() == 0);
  }

  /** What is made while all is closed is closed too, whoever of the two comes first. */
  @Test
  void nothingThatIsMadeMeanwhileSurvives() throws Exception {
    for (int round = 0; round < 200; round++) {
      made.clear();
      PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(this::make);
      List<Aside<Boolean>> users =
          Threads.together(
              4,
              thread ->
                  () -> {
                    if (thread == 0) {
                      keys.close();
                      return true;
                    }
                    for (int key = 0; key < 50; key++) {
                      keys.forKey(key).tryAcquire();
                    }
                    return keys.forKey(100).tryAcquire().isPresent();
                  });
      for (Aside<Boolean> user : users) {
        user.result();
      }
      assertThat(made).allMatch(limiter -> limiter.closed.get() > 0);
      assertThat(keys.size()).isZero();
      assertThat(time.pending()).isZero();
      assertThat(keys.forKey(1).tryAcquire()).isEmpty();
    }
  }

  @Test
  void whoeverIsMakingALimiterOrWaitsForItIsTold() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        keys(
            key -> {
              making.countDown();
              try {
                closed.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return make(key);
            });
    Aside<CompletableFuture<?>> maker = Threads.aside(() -> keys.forKey(1).acquire());
    making.await();
    Aside<CompletableFuture<?>> waits = Threads.aside(() -> keys.forKey(1).acquire());
    waits.blocks();
    keys.close();
    closed.countDown();
    for (Aside<CompletableFuture<?>> each : List.of(maker, waits)) {
      assertThat(each.result().handle((value, thrown) -> thrown).join())
          .isInstanceOf(LimiterClosedException.class);
    }
    assertThat(made).hasSize(1).allMatch(limiter -> limiter.closed.get() == 1);
    assertThat(keys.size()).isZero();
  }

  @Test
  void keysWhoseEqualsThrowsAreClosedAllTheSame() {
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys = keys(this::make);
    List<FickleKey> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      FickleKey key = new FickleKey(i);
      all.add(key);
      assertThat(keys.forKey(key).tryAcquire()).isPresent();
    }
    Collections.shuffle(all);
    all.forEach(key -> key.throwFrom(1));
    keys.close();
    assertThat(made).hasSize(20).allMatch(limiter -> limiter.closed.get() == 1);
    assertThat(keys.size()).isZero();
  }

  private FakeLimiter make(Object key) {
    FakeLimiter limiter = FakeLimiter.idle();
    made.add(limiter);
    return limiter;
  }

  private <K> PerKeyRateLimiter<K, FakeLimiter> keys(Function<K, FakeLimiter> factory) {
    return PerKeyRateLimiter.builder()
        .name("tenants")
        .maxIdle(Duration.ofSeconds(1))
        .timeSource(time)
        .executor(time)
        .build(factory);
  }
}
