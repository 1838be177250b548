package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.TimeSource;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When idle keys go, and what looking for them costs. */
@Tag("unit")
class HousekeepingTest {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration INTERVAL = Duration.ofSeconds(4);
  private static final Duration NANO = Duration.ofNanos(1);

  private final ManualTime time = new ManualTime(Long.MAX_VALUE - 20_000_000_000L); // it wraps
  private Executor executor = time;
  private TimeSource clock = time;
  private Duration interval = INTERVAL;

  // ---- When keys go

  /**
   * Walks have a rhythm: wherever a use falls into it, the bound holds.
   *
   * <p>Promises: Per key 3.
   */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_999_999_999L, 2_000_000_000L, 3_999_999_999L, 4_000_000_000L})
  void anIdleKeyGoesNotBeforeItsTimeAndNotAfterTheNextWalk(long phase) {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(k -> k.equals("busy") ? FakeLimiter.busy() : FakeLimiter.idle());
    busyKey(keys);
    time.advance(Duration.ofNanos(phase));
    use(keys, "a");
    time.advance(IDLE.minus(NANO));
    assertThat(keys.size()).as("just before maxIdle has passed").isEqualTo(2);
    time.advance(INTERVAL.plus(NANO));
    assertThat(keys.size()).as("maxIdle and cleanupInterval after the use").isEqualTo(1);
  }

  /** Promises: Per key 3. */
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_999_999_999L, 2_000_000_000L, 3_999_999_999L, 4_000_000_000L})
  void aKeyThatBecomesIdleLaterGoesWithTheNextWalk(long phase) {
    AtomicBoolean idle = new AtomicBoolean();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(k -> k.equals("busy") ? FakeLimiter.busy() : new FakeLimiter(idle::get));
    busyKey(keys);
    use(keys, "a");
    time.advance(IDLE.multipliedBy(1_000).plusNanos(phase));
    assertThat(keys.size()).as("however long it is not idle").isEqualTo(2);
    idle.set(true);
    time.advance(INTERVAL);
    assertThat(keys.size()).as("cleanupInterval after it became idle").isEqualTo(1);
  }

  /** Promises: Per key 3. */
  @Test
  void eachUseKeepsAKeyForAnotherWhile() {
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    for (int i = 0; i < 100; i++) {
      use(keys, "a");
      time.advance(IDLE.minus(NANO));
      assertThat(keys.size()).isEqualTo(1);
    }
  }

  /**
   * The promise has no least interval.
   *
   * <p>Promises: Per key 3.
   */
  @Test
  void aShortIntervalIsKept() {
    interval = Duration.ofNanos(100_000);
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(k -> k.equals("busy") ? FakeLimiter.busy() : FakeLimiter.idle());
    busyKey(keys);
    for (int i = 0; i < 20; i++) {
      use(keys, "a");
      time.advance(IDLE.minus(NANO));
      assertThat(keys.size()).isEqualTo(2);
      time.advance(interval.plus(NANO));
      assertThat(keys.size()).as("round %s", i).isEqualTo(1);
    }
  }

  /** Promises: Per key 3. */
  @Test
  void theLongestTimesThereAreDoNotOverflow() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxIdle(Duration.ofSeconds(Long.MAX_VALUE))
            .cleanupInterval(Duration.ofSeconds(Long.MAX_VALUE))
            .timeSource(time)
            .executor(time)
            .build(k -> FakeLimiter.idle());
    use(keys, "a");
    time.advance(Duration.ofDays(365 * 100));
    assertThat(keys.size()).isEqualTo(1);
  }

  /** Promises: Per key 4. */
  @Test
  void aViewWorksWhetherItsKeyIsThereOrNot() {
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(keys.size()).as("before the first use").isZero();
    assertThat(view.isIdle()).isTrue();
    for (int life = 0; life < 3; life++) {
      assertThat(view.tryAcquire()).isPresent();
      assertThat(keys.size()).isEqualTo(1);
      time.advance(IDLE.plus(INTERVAL));
      assertThat(keys.size()).isZero();
      assertThat(view.isIdle()).isTrue();
    }
  }

  /**
   * What the rests between stretches take is within the bound, for any number of keys.
   *
   * <p>Promises: Per key 3.
   */
  @ParameterizedTest
  @ValueSource(longs = {50_000_000L, 200_000_000L, 4_000_000_000L})
  void manyKeysGoInTimeToo(long intervalNanos) {
    interval = Duration.ofNanos(intervalNanos);
    PerKeyRateLimiter<Object, FakeLimiter> keys =
        keys(k -> k.equals("busy") ? FakeLimiter.busy() : FakeLimiter.idle());
    use(keys, "busy");
    time.advance(IDLE.plus(interval).plus(NANO)); // just after a walk has begun
    for (int i = 0; i < 100_000; i++) {
      use(keys, i);
    }
    time.advance(IDLE.minus(NANO));
    assertThat(keys.size()).as("just before maxIdle has passed").isEqualTo(100_001);
    time.advance(interval.plus(NANO));
    assertThat(keys.size()).as("maxIdle and cleanupInterval after their use").isEqualTo(1);
  }

  // ---- The timer

  /** Promises: Per key 4. */
  @Test
  void thereIsOneTimerWhileThereAreKeysAndNoneOtherwise() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    assertThat(time.pending()).as("timers before the first key").isZero();
    for (int life = 0; life < 3; life++) {
      for (int i = 0; i < 1_000; i++) {
        use(keys, i);
      }
      assertThat(time.pending()).isEqualTo(1);
      time.advance(INTERVAL);
      assertThat(time.pending()).isEqualTo(1);
      time.advance(IDLE);
      assertThat(keys.size()).isZero();
      assertThat(time.pending()).as("timers after the last key").isZero();
    }
  }

  /** Promises: Per key 4. */
  @Test
  void withKeepIdleKeysThereIsNoTimerAndKeysStay() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .keepIdleKeys()
            .maxKeys(10)
            .timeSource(time)
            .executor(time)
            .build(k -> FakeLimiter.idle());
    use(keys, "a");
    assertThat(time.pending()).isZero();
    time.advance(Duration.ofDays(1_000));
    assertThat(keys.size()).isEqualTo(1);
  }

  /**
   * A timer that cannot be set fails that use; the next tries again, and nothing is left.
   *
   * <p>Promises: Per key 4.
   */
  @Test
  void aTimerThatCannotBeSetIsSetWithTheNextKey() {
    AtomicBoolean broken = new AtomicBoolean(true);
    clock =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            if (broken.get()) {
              throw new IllegalStateException("shut down");
            }
            return time.schedule(task, delayNanos);
          }
        };
    Set<FakeLimiter> made = new HashSet<>();
    PerKeyRateLimiter<String, FakeLimiter> keys =
        keys(
            k -> {
              FakeLimiter limiter = FakeLimiter.idle();
              made.add(limiter);
              return limiter;
            });
    assertThatIllegalStateException().isThrownBy(() -> use(keys, "a")).withMessage("shut down");
    assertThat(keys.size()).isZero();
    assertThat(made).as("the limiter that was made for nothing").hasSize(1);
    assertThat(made.iterator().next().closed).hasValue(1);

    broken.set(false);
    use(keys, "a");
    broken.set(true);
    try (Logged logged = new Logged()) {
      time.advance(INTERVAL); // after this walk no timer can be set
      assertThat(logged.entries()).hasSize(1);
    }
    assertThat(time.pending()).isZero();
    broken.set(false);
    use(keys, "b");
    assertThat(time.pending()).isEqualTo(1);
    time.advance(IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
  }

  // ---- What it costs

  /** Promises: All 7. */
  @Test
  void noTaskVisitsMoreThanAThousandKeys() {
    int many = 10_000;
    int[] visits = {0, 0, 0}; // in this task, the most in one, in all
    executor =
        task ->
            time.execute(
                () -> {
                  visits[0] = 0;
                  task.run();
                  visits[1] = Math.max(visits[1], visits[0]);
                });
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        keys(
            k ->
                new FakeLimiter(
                    () -> {
                      visits[0]++;
                      visits[2]++;
                      return true;
                    }));
    for (int i = 0; i < many; i++) {
      use(keys, i);
    }
    time.advance(IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
    assertThat(visits[2]).as("visits in all").isEqualTo(many);
    assertThat(visits[1]).as("visits of one task").isBetween(1, 1_024);
  }

  /**
   * On an executor that runs what it is given at once, too.
   *
   * <p>Promises: All 7.
   */
  @Test
  void manyKeysDeepenNoStack() {
    int many = 100_000;
    Set<Long> depths = new HashSet<>();
    executor = Runnable::run;
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        keys(
            k ->
                new FakeLimiter(
                    () -> {
                      if (k % 1_000 == 0) {
                        depths.add(StackWalker.getInstance().walk(frames -> frames.count()));
                      }
                      return true;
                    }));
    for (int i = 0; i < many; i++) {
      use(keys, i);
    }
    time.advance(IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
    assertThat(depths).as("depths of the stack").hasSizeBetween(1, 2);
  }

  /** Promises: Per key 4. */
  @Test
  void anExecutorThatRejectsSlowsItDownAndNoMore() {
    executor =
        task -> {
          throw new RejectedExecutionException();
        };
    PerKeyRateLimiter<Integer, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    for (int i = 0; i < 10_000; i++) {
      use(keys, i);
    }
    time.advance(IDLE.plus(INTERVAL).plusMillis(10_000 / 200));
    assertThat(keys.size()).isZero();
    assertThat(time.pending()).isZero();
  }

  // ---- Other people's mistakes

  /** A clock that throws once ends a walk, not all that would have followed. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void aClockThatThrowsOnceEndsNoHousekeeping(int reading) {
    int[] left = {0};
    clock =
        new TimeSource() {
          @Override
          public long nanoTime() {
            if (left[0] > 0 && --left[0] == 0) {
              throw new IllegalStateException("no time");
            }
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delayNanos);
          }
        };
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    use(keys, "a");
    left[0] = reading;
    try (Logged logged = new Logged()) {
      time.advance(INTERVAL);
      assertThat(logged.entries()).hasSizeLessThanOrEqualTo(1);
    }
    left[0] = 0;
    use(keys, "b");
    time.advance(IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
    assertThat(time.pending()).isZero();
  }

  /** Promises: Per key 3. */
  @Test
  void aUseThatFailsForWantOfAClockDoesNotKeepTheKey() {
    boolean[] stands = {false};
    clock =
        new TimeSource() {
          @Override
          public long nanoTime() {
            if (stands[0]) {
              throw new IllegalStateException("no time");
            }
            return time.nanoTime();
          }

          @Override
          public Cancellable schedule(Runnable task, long delayNanos) {
            return time.schedule(task, delayNanos);
          }
        };
    PerKeyRateLimiter<String, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    use(keys, "a");
    stands[0] = true;
    assertThatIllegalStateException().isThrownBy(() -> use(keys, "a"));
    stands[0] = false;
    time.advance(IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
  }

  /** Promises: All 14. */
  @Test
  void aLimiterThatThrowsWhenAskedIsLoggedOnceAndStaysAndHoldsUpNobody() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys =
        keys(
            k ->
                new FakeLimiter(
                    () -> {
                      if (k % 10 == 0) {
                        throw new AssertionError("do not ask");
                      }
                      return true;
                    }));
    for (int i = 0; i < 1_000; i++) {
      use(keys, i);
    }
    try (Logged logged = new Logged()) {
      time.advance(IDLE.plus(INTERVAL).multipliedBy(5));
      assertThat(logged.entries()).hasSize(1);
      assertThat(logged.entries().get(0).message()).contains("isIdle", "tenants");
    }
    assertThat(keys.size()).isEqualTo(100);
    keys.close();
  }

  /**
   * What it takes out of the table it has in hand, and compares with nothing.
   *
   * <p>Promises: Per key 4.
   */
  @Test
  void aKeyWhoseEqualsThrowsHoldsUpNobody() {
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys = keys(k -> FakeLimiter.idle());
    Map<Integer, FickleKey> made = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      FickleKey key = new FickleKey(i);
      made.put(i, key);
      use(keys, key);
    }
    made.values().forEach(key -> key.throwFrom(1));
    try (Logged logged = new Logged()) {
      time.advance(IDLE.plus(INTERVAL));
      assertThat(logged.entries()).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(keys.size()).isZero();
    made.values().forEach(FickleKey::behave);
    made.values().forEach(key -> use(keys, key));
    assertThat(keys.size()).isEqualTo(20);
    time.advance(IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
    assertThat(time.pending()).isZero();
  }

  private <K> PerKeyRateLimiter<K, FakeLimiter> keys(Function<K, FakeLimiter> factory) {
    return PerKeyRateLimiter.builder()
        .name("tenants")
        .maxIdle(IDLE)
        .cleanupInterval(interval)
        .timeSource(clock)
        .executor(executor)
        .build(factory);
  }

  /** A key that is always in use, so that walks keep their rhythm. */
  private static void busyKey(PerKeyRateLimiter<String, FakeLimiter> keys) {
    use(keys, "busy");
  }

  private static <K> void use(PerKeyRateLimiter<K, ?> keys, K key) {
    assertThat(keys.forKey(key).tryAcquire()).isPresent();
  }
}
