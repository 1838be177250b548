package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.LimiterClosedException;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.perkey.Threads.Aside;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code remove}: an operator drops the limiter of a key, whatever its state.
 *
 * <p>Promises: Per key 5.
 */
@Tag("unit")
@Timeout(120)
class RemovalTest {
  private static final Rate ONE_A_DAY = new Rate(1, Duration.ofDays(1));

  private final ManualTime time = new ManualTime();
  private final ConcurrentLinkedQueue<FakeLimiter> made = new ConcurrentLinkedQueue<>();

  private <K, L extends AsyncRateLimiter> PerKeyRateLimiter<K, L> keys(Function<K, L> factory) {
    return builder().build(factory);
  }

  private PerKeyRateLimiter.Builder builder() {
    return PerKeyRateLimiter.builder().name("tenants").timeSource(time).executor(time);
  }

  private FakeLimiter make(Object key) {
    FakeLimiter limiter = FakeLimiter.busy();
    made.add(limiter);
    return limiter;
  }

  // ---- What it does

  /** It was never evicted, and there was no way to be rid of it. */
  @Test
  void aReconfiguredTenantIsNotEvictedAndCanBeRemoved() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys =
        keys(
            tenant ->
                TokenBucketRateLimiter.builder(ONE_A_DAY)
                    .capacity(2)
                    .timeSource(time)
                    .executor(time)
                    .build());
    keys.with(
        "acme",
        bucket -> {
          bucket.reconfigure(ONE_A_DAY, 10);
          return null;
        });
    time.advance(Duration.ofDays(100));
    assertThat(keys.size()).as("a reconfigured limiter is not idle").isEqualTo(1);
    keys.remove("acme");
    assertThat(keys.size()).isZero();
    assertThat(keys.forKey("acme").tryAcquire(2)).as("as built").isPresent();
    assertThat(keys.forKey("acme").tryAcquire()).isEmpty();
  }

  @Test
  void anExhaustedKeyStartsAnew() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        keys(key -> SemaphoreRateLimiter.builder(1).executor(time).build());
    AsyncRateLimiter view = keys.forKey("a");
    Permit old = view.tryAcquire().orElseThrow();
    assertThat(view.tryAcquire()).isEmpty();
    keys.remove("a");
    assertThat(view.tryAcquire()).as("the view stays valid").isPresent();
    old.release();
    assertThat(view.tryAcquire()).as("a permit of the old limiter does not count").isEmpty();
  }

  @Test
  void theLimiterIsClosedOnceAndOtherKeysAreLeftAlone() {
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(this::make);
    keys.forKey("a").tryAcquire();
    keys.forKey("b").tryAcquire();
    keys.remove("a");
    keys.remove("a");
    keys.remove("never used");
    assertThat(made).extracting(limiter -> limiter.closed.get()).containsExactly(1, 0);
    assertThat(keys.size()).isEqualTo(1);
    keys.close();
    keys.remove("b");
    assertThat(made).extracting(limiter -> limiter.closed.get()).containsExactly(1, 1);
  }

  @Test
  void nullIsRejected() {
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(this::make);
    assertThatNullPointerException().isThrownBy(() -> keys.remove(null)).withMessage("key");
  }

  @Test
  void waitersFailAndNameTheKey() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        keys(key -> SemaphoreRateLimiter.builder(1).executor(time).build());
    AsyncRateLimiter view = keys.forKey("a");
    Permit held = view.tryAcquire().orElseThrow();
    AtomicInteger started = new AtomicInteger();
    List<CompletableFuture<?>> waiters =
        List.of(
            view.acquire(),
            view.execute(() -> CompletableFuture.completedFuture(started.incrementAndGet())));
    keys.remove("a");
    time.advance(Duration.ZERO);
    for (CompletableFuture<?> waiter : waiters) {
      assertThat(waiter.handle((value, thrown) -> thrown).join())
          .isInstanceOfSatisfying(
              LimiterClosedException.class, e -> assertThat(e.key()).contains("a"));
    }
    held.release();
    time.advance(Duration.ZERO);
    assertThat(started).hasValue(0);
  }

  @Test
  void aCallThatRunsMayFinish() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        keys(key -> SemaphoreRateLimiter.builder(1).executor(time).build());
    CompletableFuture<String> call = new CompletableFuture<>();
    CompletableFuture<String> outcome = keys.execute("a", () -> call);
    keys.remove("a");
    assertThat(outcome).isNotDone();
    call.complete("value");
    assertThat(outcome).isCompletedWithValue("value");
  }

  /** Promises: Per key 3, Per key 5. */
  @Test
  void theSlotIsFreeForAnotherKey() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = builder().maxKeys(2).build(this::make);
    keys.forKey(1).tryAcquire();
    keys.forKey(2).tryAcquire();
    assertThat(keys.forKey(3).tryAcquire()).isEmpty();
    keys.remove(1);
    assertThat(keys.forKey(3).tryAcquire()).isPresent();
    assertThat(keys.forKey(1).tryAcquire()).as("no second slot").isEmpty();
    assertThat(keys.size()).isEqualTo(2);
  }

  @Test
  void aLimiterThatThrowsWhenItIsClosedIsLoggedAndRemoved() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key ->
                new FakeLimiter(() -> false) {
                  @Override
                  public void close() {
                    throw new IllegalStateException("will not close");
                  }
                });
    keys.forKey("a").tryAcquire();
    try (Logged logged = new Logged()) {
      keys.remove("a");
      assertThat(logged.entries()).hasSize(1);
    }
    assertThat(keys.size()).isZero();
  }

  // ---- Memory

  /** Without a walk of the evictor the removed entries piled up in its list. */
  @Test
  void removedKeysLeaveNothingBehind() {
    for (PerKeyRateLimiter.Builder builder :
        List.of(builder(), builder().maxKeys(100), builder().keepIdleKeys().maxKeys(100))) {
      PerKeyRateLimiter<Integer, FakeLimiter> keys = builder.build(key -> FakeLimiter.busy());
      for (int key = 0; key < 50; key++) {
        keys.forKey(key).tryAcquire();
      }
      for (int i = 0; i < 100_000; i++) {
        int key = 50 + i % 7;
        keys.forKey(key).tryAcquire();
        keys.remove(key);
      }
      assertThat(keys.size()).isEqualTo(50);
      assertThat(Reach.linkedEntries(keys)).as("entries, dead or alive").isLessThan(100);
      keys.close();
    }
  }

  /** Promises: Per key 4, Per key 5. */
  @Test
  void afterTheLastKeyIsRemovedThereIsNoTimer() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(this::make);
    keys.forKey(1).tryAcquire();
    keys.remove(1);
    time.advance(Duration.ofMinutes(1));
    assertThat(time.pending()).isZero();
    keys.forKey(1).tryAcquire();
    assertThat(time.pending()).isEqualTo(1);
  }

  // ---- Races

  /** Two limiters of a key would grant side by side. */
  @Test
  void noNewLimiterIsMadeBeforeTheOldOneIsClosed() throws Exception {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch mayClose = new CountDownLatch(1);
    AtomicInteger factoryRuns = new AtomicInteger();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              factoryRuns.incrementAndGet();
              return new FakeLimiter(() -> false) {
                @Override
                public void close() {
                  closing.countDown();
                  await(mayClose);
                }
              };
            });
    AsyncRateLimiter view = keys.forKey("a");
    view.tryAcquire();
    Aside<Boolean> remover =
        Threads.aside(
            () -> {
              keys.remove("a");
              return true;
            });
    closing.await();
    Aside<Optional<Permit>> user = Threads.aside(view::tryAcquire);
    user.isHeldUp();
    assertThat(factoryRuns).hasValue(1);
    assertThat(view.toString()).as("does not wait").contains("limiter=none");
    assertThat(view.isIdle()).isTrue();
    mayClose.countDown();
    assertThat(user.result()).isPresent();
    assertThat(remover.result()).isTrue();
    assertThat(factoryRuns).hasValue(2);
  }

  /** Rejected by a limiter that was closed under its hands, though a fresh one would grant. */
  @Test
  void aUseThatMeetsTheClosedLimiterIsServedByTheNext() {
    AtomicReference<PerKeyRateLimiter<String, FakeLimiter>> keys = new AtomicReference<>();
    keys.set(keys(key -> new ClosedMeanwhile(keys, made)));
    AsyncRateLimiter view = keys.get().forKey("a");
    List<Runnable> uses =
        List.of(
            () -> assertThat(view.tryAcquire()).isPresent(),
            () -> assertThat(view.tryAcquire(2)).isPresent(),
            () -> assertThat(view.acquire()).isCompleted(),
            () -> assertThat(view.acquire(2)).isCompleted(),
            () -> assertThat(view.acquire(2, Duration.ZERO)).isCompleted(),
            () ->
                assertThat(view.execute(() -> CompletableFuture.completedFuture("value")))
                    .isCompletedWithValue("value"),
            () ->
                assertThat(view.execute(2, () -> CompletableFuture.completedFuture("value")))
                    .isCompletedWithValue("value"));
    for (Runnable use : uses) {
      made.clear();
      use.run();
      assertThat(made).as("limiters made").hasSize(2);
      keys.get().remove("a");
    }
  }

  /** The first of a key is removed in the middle of its first use; the second behaves. */
  private static final class ClosedMeanwhile extends FakeLimiter {
    private final AtomicReference<PerKeyRateLimiter<String, FakeLimiter>> keys;
    private final boolean removes;

    ClosedMeanwhile(
        AtomicReference<PerKeyRateLimiter<String, FakeLimiter>> keys,
        ConcurrentLinkedQueue<FakeLimiter> made) {
      super(() -> false);
      this.keys = keys;
      this.removes = made.isEmpty();
      made.add(this);
    }

    @Override
    public Optional<Permit> tryAcquire() {
      if (removes) {
        keys.get().remove("a");
      }
      return closed.get() > 0 ? Optional.empty() : super.tryAcquire();
    }

    @Override
    public CompletableFuture<Permit> acquire() {
      return tryAcquire()
          .map(CompletableFuture::completedFuture)
          .orElseGet(() -> CompletableFuture.failedFuture(new LimiterClosedException("fake")));
    }

    @Override
    public <T> CompletableFuture<T> execute(Supplier<? extends CompletionStage<T>> call) {
      return tryAcquire().isPresent()
          ? super.execute(call)
          : CompletableFuture.failedFuture(new LimiterClosedException("fake"));
    }
  }

  /** The rules by which it is being made may be those that the operator has just changed. */
  @Test
  void aLimiterThatIsBeingMadeIsRemovedToo() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch mayMake = new CountDownLatch(1);
    AtomicInteger rules = new AtomicInteger(1);
    ConcurrentLinkedQueue<Integer> byRules = new ConcurrentLinkedQueue<>();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            key -> {
              byRules.add(rules.get());
              making.countDown();
              await(mayMake);
              return make(key);
            });
    Aside<Optional<Permit>> user = Threads.aside(() -> keys.forKey("a").tryAcquire());
    making.await();
    rules.set(2);
    Aside<Boolean> remover =
        Threads.aside(
            () -> {
              keys.remove("a");
              return true;
            });
    remover.blocks();
    mayMake.countDown();
    assertThat(user.result()).isPresent();
    assertThat(remover.result()).isTrue();
    assertThat(made.peek().closed).as("the limiter by the old rules").hasValue(1);
    keys.forKey("a").tryAcquire();
    assertThat(byRules).endsWith(2);
  }

  @Test
  void aFactoryThatRemovesItsOwnKeyFailsAtOnce() {
    AtomicReference<PerKeyRateLimiter<String, FakeLimiter>> keys = new AtomicReference<>();
    keys.set(
        keys(
            key -> {
              keys.get().remove(key);
              return make(key);
            }));
    assertThatIllegalStateException().isThrownBy(() -> keys.get().forKey("a").tryAcquire());
    assertThat(keys.get().size()).isZero();
  }

  /** With an executor that runs what it is given, waiters hear of it inside remove(). */
  @Test
  void aWaiterThatAsksAgainAtOnceIsServedByTheNextLimiter() {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        builder()
            .executor(Runnable::run)
            .build(key -> SemaphoreRateLimiter.builder(1).executor(Runnable::run).build());
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire()).isPresent();
    List<Optional<Permit>> again = new ArrayList<>();
    CompletableFuture<?> unused =
        view.acquire().handle((permit, thrown) -> again.add(view.tryAcquire()));
    keys.remove("a");
    assertThat(again).hasSize(1).allMatch(Optional::isPresent);
  }

  @Test
  void aBlockingWaiterFails() throws Exception {
    PerKeyRateLimiter<String, SemaphoreRateLimiter> keys =
        keys(key -> SemaphoreRateLimiter.builder(1).build());
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire()).isPresent();
    Aside<Boolean> waiter =
        Threads.aside(
            () -> {
              assertThatExceptionOfType(LimiterClosedException.class)
                  .isThrownBy(view::acquireBlocking)
                  .satisfies(e -> assertThat(e.key()).contains("a"));
              return true;
            });
    waiter.blocks();
    keys.remove("a");
    assertThat(waiter.result()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
