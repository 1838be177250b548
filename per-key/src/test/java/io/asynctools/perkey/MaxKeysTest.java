package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.perkey.Threads.Aside;
import io.asynctools.semaphore.SemaphoreRateLimiter;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code maxKeys} bounds memory, and a key that is idle makes room.
 *
 * <p>Promises: Per key 3.
 */
@Tag("unit")
@Timeout(120)
class MaxKeysTest {
  private final ManualTime time = new ManualTime();

  @Test
  void aNewKeyTooManyIsRefusedInEveryForm() {
    PerKeyRateLimiter<String, FakeLimiter> keys = full(FakeLimiter::busy);
    AsyncRateLimiter view = keys.forKey("new");
    assertThat(view.tryAcquire()).isEmpty();
    assertThat(view.tryAcquire(1)).isEmpty();
    refused(view.acquire());
    refused(view.acquire(1));
    refused(view.acquire(1, Duration.ofDays(1)));
    AtomicInteger started = new AtomicInteger();
    refused(view.execute(() -> CompletableFuture.completedFuture(started.incrementAndGet())));
    refused(view.execute(1, () -> CompletableFuture.completedFuture(started.incrementAndGet())));
    refused(keys.execute("new", () -> CompletableFuture.completedFuture(1)));
    refused(view::acquireBlocking);
    refused(() -> view.acquireBlocking(1, Duration.ofDays(1)));
    refused(() -> view.call(started::incrementAndGet));
    refused(() -> view.call(1, started::incrementAndGet));
    refused(() -> keys.with("new", limiter -> limiter));
    assertThat(started).hasValue(0);
    assertThat(keys.size()).isEqualTo(3);
  }

  private static void refused(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    refused(
        () -> {
          throw future.handle((value, thrown) -> thrown).join();
        });
  }

  private static void refused(ThrowingCallable use) {
    assertThatExceptionOfType(RateLimitExceededException.class)
        .isThrownBy(use)
        .withMessageContaining("'tenants'")
        .satisfies(
            e -> {
              assertThat(e.limiter()).isEqualTo("tenants");
              assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_KEYS);
              assertThat(e.retryAfter()).isEmpty();
            });
  }

  @Test
  void knownKeysAreServedAllTheSame() {
    PerKeyRateLimiter<String, FakeLimiter> keys = full(FakeLimiter::busy);
    for (int i = 0; i < 100; i++) {
      assertThat(keys.forKey("flood " + i).tryAcquire()).isEmpty();
      assertThat(keys.forKey("key " + i % 3).tryAcquire()).isPresent();
    }
  }

  @Test
  void anIdleKeyMakesRoomAndNoMoreThanOneGoes() {
    PerKeyRateLimiter<String, FakeLimiter> keys = full(FakeLimiter::idle);
    for (int i = 0; i < 1_000; i++) {
      assertThat(keys.forKey("new " + i).tryAcquire()).isPresent();
      assertThat(keys.size()).isEqualTo(3);
    }
  }

  @Test
  void theOneIdleKeyIsFoundWhereverItStands() {
    for (int idle = 0; idle < 3; idle++) {
      String name = "key " + idle;
      PerKeyRateLimiter<String, FakeLimiter> keys =
          filled(
              PerKeyRateLimiter.builder()
                  .maxKeys(3)
                  .build(key -> key.equals(name) ? FakeLimiter.idle() : FakeLimiter.busy()));
      assertThat(keys.forKey("new").tryAcquire()).isPresent();
      assertThat(keys.forKey("one more").tryAcquire()).isEmpty();
      assertThat(keys.forKey(name).tryAcquire()).as("the one that went").isEmpty();
      assertThat(keys.size()).isEqualTo(3);
    }
  }

  /** A user who comes back is not the one to go while there are those who came once. */
  @Test
  void aFloodsKeysGoBeforeATenants() {
    AtomicInteger tenants = new AtomicInteger();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(3)
            .build(
                key -> {
                  tenants.addAndGet(key.equals("tenant") ? 1 : 0);
                  return FakeLimiter.idle();
                });
    for (int i = 0; i < 100; i++) {
      assertThat(keys.forKey("tenant").tryAcquire()).isPresent();
      assertThat(keys.forKey("flood " + i).tryAcquire()).isPresent();
      assertThat(keys.forKey("tenant").tryAcquire()).isPresent();
    }
    assertThat(tenants).as("limiters made for the tenant").hasValue(1);
    assertThat(keys.size()).isEqualTo(3);
  }

  /** Looking in vain makes one look less far, but not where all is within reach. */
  @Test
  void afterManyRefusalsOneThatFallsIdleMakesRoomAtOnce() {
    AtomicInteger idle = new AtomicInteger(-1);
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(1_000)
            .build(key -> new FakeLimiter(() -> idle.get() == key));
    for (int i = 0; i < 1_000; i++) {
      assertThat(keys.forKey(i).tryAcquire()).isPresent();
    }
    for (int last : new int[] {0, 500, 999, 20}) {
      for (int i = 0; i < 10; i++) {
        assertThat(keys.forKey(2_000).tryAcquire()).isEmpty();
      }
      idle.set(last);
      assertThat(keys.forKey(5_000 + last).tryAcquire()).isPresent();
      idle.set(-1);
    }
  }

  /**
   * The second to come used to look for a place of its own before it saw that the key was there.
   *
   * <p>Promises: Per key 1.
   */
  @Test
  void twoFirstUsesOfTheLastKeyAreBothServed() throws Exception {
    for (int round = 0; round < 300; round++) {
      PerKeyRateLimiter<String, FakeLimiter> keys =
          PerKeyRateLimiter.builder().maxKeys(1).build(key -> FakeLimiter.busy());
      for (Aside<Boolean> each :
          Threads.<Boolean>together(2, i -> () -> keys.forKey("one").tryAcquire().isPresent())) {
        assertThat(each.result()).isTrue();
      }
      assertThat(keys.size()).isEqualTo(1);
    }
  }

  /** Its entry was retired and its place not yet free when its user came back. */
  @Test
  void theOnlyKeyIsNeverRefusedThoughItIsForgottenAllTheTime() throws Exception {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(1)
            .maxIdle(Duration.ofNanos(1))
            .cleanupInterval(Duration.ofNanos(1))
            .timeSource(time)
            .executor(time)
            .build(key -> FakeLimiter.idle());
    Aside<Integer> user =
        Threads.aside(
            () -> {
              int refused = 0;
              for (int i = 0; i < 200_000; i++) {
                refused += keys.forKey("one").tryAcquire().isPresent() ? 0 : 1;
              }
              return refused;
            });
    while (!user.isDone()) {
      time.advance(Duration.ofNanos(2));
    }
    assertThat(user.result()).as("refusals").isZero();
    assertThat(keys.size()).isBetween(0L, 1L);
  }

  @Test
  void anEstimateForAKeyThatMayNotBeIsNothing() {
    PerKeyRateLimiter<String, FakeLimiter> keys = full(FakeLimiter::busy);
    assertThat(keys.forKey("new").estimateWait(1)).isZero();
    keys.close();
    assertThat(keys.forKey("new").estimateWait(1)).isZero();
  }

  /** One looks some way on at a time, so a place far off is found after a few refusals. */
  @Test
  void anIdleKeyAmongManyIsFoundBeforeLong() {
    int many = 100_000;
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(many)
            .build(key -> key == 0 ? FakeLimiter.idle() : FakeLimiter.busy());
    for (int i = 0; i < many; i++) {
      assertThat(keys.forKey(i).tryAcquire()).isPresent();
    }
    int refusals = 0;
    while (keys.forKey(many).tryAcquire().isEmpty()) {
      refusals++;
      assertThat(refusals).isLessThan(1_000);
    }
    assertThat(keys.size()).isEqualTo(many);
  }

  @Test
  void aFactoryThatFailsGivesThePlaceBack() {
    AtomicReference<RuntimeException> mistake = new AtomicReference<>(new RuntimeException());
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(1)
            .build(
                key -> {
                  if (mistake.get() != null) {
                    throw mistake.get();
                  }
                  return FakeLimiter.busy();
                });
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> keys.forKey("a").tryAcquire()).isSameAs(mistake.get());
      assertThat(keys.size()).isZero();
    }
    mistake.set(null);
    assertThat(keys.forKey("b").tryAcquire()).isPresent();
    assertThat(keys.forKey("c").tryAcquire()).isEmpty();
  }

  /** A million keys that nobody will see again, each idle a second after its use. */
  @Test
  @Tag("notForMutants") // takes as long as all the other tests
  void aFloodOfKeysLeavesNothingBehind() {
    int most = 1_000;
    PerKeyRateLimiter<Integer, TokenBucketRateLimiter> keys =
        PerKeyRateLimiter.builder().maxKeys(most).timeSource(time).executor(time).build(bucket());
    int admitted = 0;
    for (int key = 0; key < 1_000_000; key++) {
      if (key % 10 == 0) {
        time.advance(Duration.ofNanos(9_900_000)); // room for 99 of 100
      }
      if (keys.forKey(key).tryAcquire().isPresent()) {
        admitted++;
      }
      if (keys.size() > most) {
        throw new AssertionError(keys.size() + " keys");
      }
    }
    assertThat(admitted).as("keys that found room").isBetween(980_000, 995_000);
    assertThat(keys.size()).isEqualTo(most);
    assertThat(linked(keys)).as("entries, dead or alive").isLessThan(2 * most);
  }

  private Function<Object, TokenBucketRateLimiter> bucket() {
    return key ->
        TokenBucketRateLimiter.builder(Rate.parse("1/s")).timeSource(time).executor(time).build();
  }

  /** What is idle at once makes room at once. */
  @Test
  void aFloodOfIdleKeysLeavesNothingBehind() {
    int most = 100;
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        PerKeyRateLimiter.builder().maxKeys(most).build(key -> FakeLimiter.idle());
    for (int key = 0; key < 100_000; key++) {
      if (keys.forKey(key).tryAcquire().isEmpty()) {
        throw new AssertionError("refused: " + key);
      }
    }
    assertThat(keys.size()).isEqualTo(most);
    assertThat(linked(keys)).as("entries, dead or alive").isLessThan(2 * most);
  }

  /** One who looked for room stands somewhere, and must not hold on to all that is behind. */
  @Test
  void keysThatWereForgottenAreNotHeldByOneWhoLookedForRoom() {
    int most = 5_000;
    PerKeyRateLimiter<Integer, TokenBucketRateLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(most)
            .maxIdle(Duration.ofSeconds(1))
            .cleanupInterval(Duration.ofSeconds(1))
            .timeSource(time)
            .executor(time)
            .build(bucket());
    for (int key = 0; key < most; key++) {
      assertThat(keys.forKey(key).tryAcquire()).isPresent();
    }
    assertThat(keys.forKey(most).tryAcquire()).as("a key too many").isEmpty();
    time.advance(Duration.ofSeconds(3));
    assertThat(keys.size()).isZero();
    assertThat(Reach.entriesFrom(keys)).as("entries that can be reached").isLessThan(10);
  }

  @Test
  void whereNothingIsIdleANewKeyWaitsForItsChance() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys =
        PerKeyRateLimiter.builder().maxKeys(2).timeSource(time).executor(time).build(bucket());
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    time.advance(Duration.ofMillis(500));
    assertThat(keys.forKey("b").tryAcquire()).isPresent();
    assertThat(keys.forKey("c").tryAcquire()).isEmpty();
    time.advance(Duration.ofMillis(500).minusNanos(1));
    assertThat(keys.forKey("c").tryAcquire()).isEmpty();
    time.advance(Duration.ofNanos(1)); // "a" has refilled
    assertThat(keys.forKey("c").tryAcquire()).isPresent();
    assertThat(keys.forKey("a").tryAcquire()).isEmpty();
    assertThat(keys.forKey("b").tryAcquire()).as("a key that is kept, its token spent").isEmpty();
    time.advance(Duration.ofMillis(500));
    assertThat(keys.forKey("b").tryAcquire()).isPresent();
  }

  @Test
  void theBoundHoldsUnderManyThreads() throws Exception {
    int most = 10;
    AtomicInteger held = new AtomicInteger(); // keys with a permit out: counted low, never high
    PerKeyRateLimiter<Integer, SemaphoreRateLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(most)
            .build(key -> SemaphoreRateLimiter.builder(1).build());
    List<Aside<Integer>> all =
        Threads.together(
            4,
            thread ->
                () -> {
                  ThreadLocalRandom random = ThreadLocalRandom.current();
                  int granted = 0;
                  for (int i = 0; i < 50_000; i++) {
                    Optional<Permit> permit = keys.forKey(random.nextInt(30)).tryAcquire();
                    if (keys.size() > most || keys.size() < 0) {
                      throw new AssertionError(keys.size() + " keys");
                    }
                    if (permit.isPresent()) {
                      granted++;
                      if (held.incrementAndGet() > most) {
                        throw new AssertionError(held + " keys with a permit out");
                      }
                      held.decrementAndGet();
                      permit.get().release();
                    }
                  }
                  return granted;
                });
    for (Aside<Integer> each : all) {
      assertThat(each.result()).isPositive();
    }
    assertThat(keys.size()).isBetween(1L, (long) most);
    assertThat(linked(keys)).as("entries, dead or alive").isLessThan(3 * most);
  }

  private PerKeyRateLimiter<String, FakeLimiter> full(Supplier<FakeLimiter> limiters) {
    return filled(
        PerKeyRateLimiter.builder().name("tenants").maxKeys(3).build(key -> limiters.get()));
  }

  private static PerKeyRateLimiter<String, FakeLimiter> filled(
      PerKeyRateLimiter<String, FakeLimiter> keys) {
    for (int i = 0; i < 3; i++) {
      assertThat(keys.forKey("key " + i).tryAcquire()).isPresent();
    }
    return keys;
  }

  private static int linked(PerKeyRateLimiter<?, ?> keys) {
    return Reach.linkedEntries(keys);
  }
}
