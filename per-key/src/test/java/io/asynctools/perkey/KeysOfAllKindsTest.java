package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.perkey.Threads.Aside;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys that are null, empty, or whose {@code hashCode} and {@code equals} are bad.
 *
 * <p>Promises: Per key 1.
 */
@Tag("unit")
@Timeout(60)
class KeysOfAllKindsTest {
  private static final int FULL = KeyTable.LONGEST; // a bin, of keys that collide

  private final Set<FakeLimiter> made = new HashSet<>();

  /** Promises: All 9. */
  @Test
  void nullIsRefusedAtOnce() {
    PerKeyRateLimiter<String, FakeLimiter> keys = PerKeyRateLimiter.builder().build(this::make);
    assertThatNullPointerException().isThrownBy(() -> keys.forKey(null));
    assertThatNullPointerException()
        .isThrownBy(() -> keys.execute(null, () -> CompletableFuture.completedFuture("")));
    assertThatNullPointerException()
        .isThrownBy(() -> keys.execute(null, 1, () -> CompletableFuture.completedFuture("")));
    assertThatNullPointerException().isThrownBy(() -> keys.with(null, limiter -> limiter));
    assertThatNullPointerException().isThrownBy(() -> keys.with("a", null));
    assertThatNullPointerException().isThrownBy(() -> PerKeyRateLimiter.builder().build(null));
    assertThat(made).isEmpty();
  }

  /** Promises: All 9. */
  @Test
  void anArgumentWithoutAKeyFailsTheFutureOfADecoratedCall() {
    PerKeyRateLimiter<String, FakeLimiter> keys = PerKeyRateLimiter.builder().build(this::make);
    Function<String, CompletableFuture<String>> decorated =
        keys.decorate(argument -> null, CompletableFuture::completedFuture);
    assertThat(decorated.apply("x").handle((value, thrown) -> thrown).join())
        .isInstanceOf(NullPointerException.class);
    assertThat(made).isEmpty();
  }

  @Test
  void theEmptyTextIsAKeyLikeAnyOther() {
    PerKeyRateLimiter<String, FakeLimiter> keys = PerKeyRateLimiter.builder().build(this::make);
    assertThat(keys.forKey("").tryAcquire()).isPresent();
    assertThat(keys.with("", made::contains)).isTrue();
    assertThat(keys.size()).isEqualTo(1);
  }

  @Test
  void keysWithOneHashCodeAreKeptApartAndForgotten() {
    ManualTime time = new ManualTime();
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys = forgetting(time, this::make);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 300; i++) {
        assertThat(keys.forKey(new FickleKey(i)).tryAcquire()).isPresent();
      }
      assertThat(keys.size()).isEqualTo(300);
      assertThat(made).hasSize(300);
    }
    time.advance(Duration.ofSeconds(2));
    assertThat(keys.size()).isZero();
  }

  @Test
  void theTableGrowsWithItsKeys() {
    PerKeyRateLimiter<Integer, FakeLimiter> keys = PerKeyRateLimiter.builder().build(this::make);
    for (int key = 0; key < 10_000; key++) {
      assertThat(keys.forKey(key).tryAcquire()).isPresent();
    }
    assertThat(Reach.bins(Reach.table(keys))).isGreaterThanOrEqualTo(10_000);
  }

  /** What an attacker sends who may choose a key. */
  @Test
  void aHundredThousandTextsOfOneHashCodeAreServedAndForgotten() {
    ManualTime time = new ManualTime();
    PerKeyRateLimiter<String, FakeLimiter> keys = forgetting(time, key -> FakeLimiter.idle());
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 100_000; i++) {
        assertThat(keys.forKey(CollidingKeys.key(i)).tryAcquire().isPresent()).isTrue();
      }
      assertThat(keys.size()).isEqualTo(100_000);
    }
    time.advance(Duration.ofSeconds(3));
    assertThat(keys.size()).isZero();
  }

  /**
   * Whichever of the table's steps it hits: no place is lost, no limiter left open, nobody hangs.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anEqualsThatThrowsOnceLeaksNoPlace(int call) {
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys = bounded();
    FickleKey fickle = new FickleKey(2);
    fickle.throwAt(call);
    boolean threw = tryQuietly(keys, fickle);
    assertThat(keys.size()).isEqualTo(threw ? 1 : 2);
    assertThat(made.stream().filter(limiter -> limiter.closed.get() == 0))
        .as("limiters that are open")
        .hasSize((int) keys.size());
    fickle.behave();
    assertThat(keys.forKey(fickle).tryAcquire()).isPresent();
    assertThat(keys.forKey(new FickleKey(3)).tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(3);
    assertThat(keys.forKey(new FickleKey(4)).tryAcquire()).isEmpty();
  }

  /** Nothing comes into the table then, and no place is taken. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void anEqualsThatThrowsFromThenOnHangsNobody(int call) {
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys = bounded();
    FickleKey fickle = new FickleKey(2);
    fickle.throwFrom(call);
    tryQuietly(keys, fickle);
    if (call < 3) { // at a look without a lock, and at one under it; then the key is in the table
      assertThatThrownBy(() -> keys.forKey(fickle).tryAcquire())
          .isInstanceOf(UnsupportedOperationException.class);
    }
    fickle.behave();
    assertThat(keys.forKey(fickle).tryAcquire()).isPresent();
    assertThat(keys.forKey(new FickleKey(3)).tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(3);
  }

  // ---- Keys that found their bin full, which are compared to be taken out

  /** It is retired then, in the table still, and its place is free. */
  @Test
  void oneThatCouldNotBeTakenOutIsMadeAnewByTheNextUse() {
    ManualTime time = new ManualTime();
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys = forgetting(time, this::make);
    fillBin(keys);
    FickleKey fickle = new FickleKey(-1);
    assertThat(keys.forKey(fickle).tryAcquire()).isPresent();
    fickle.throwFrom(1);
    time.advance(Duration.ofSeconds(3));
    assertThat(keys.size()).isZero();
    assertThat(Reach.beside(Reach.table(keys))).as("entries that are in").isEqualTo(1);
    fickle.behave();
    assertThat(keys.forKey(new FickleKey(-1)).tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(1);
    assertThat(made).hasSize(FULL + 3);
  }

  @Test
  void oneThatCouldNotBeMadeNorTakenOutIsMadeByTheNextUse() {
    boolean[] fails = {false};
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .build(
                key -> {
                  if (fails[0]) {
                    key.throwFrom(1);
                    throw new IllegalStateException("the factory fails");
                  }
                  return make(key);
                });
    fillBin(keys);
    FickleKey fickle = new FickleKey(-1);
    fails[0] = true;
    assertThatThrownBy(() -> keys.forKey(fickle).tryAcquire())
        .isInstanceOf(IllegalStateException.class);
    fails[0] = false;
    fickle.behave();
    assertThat(keys.size()).isEqualTo(FULL + 1);
    assertThat(keys.forKey(fickle).tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(FULL + 2);
  }

  /** And one more, to which those that come later are compared. */
  private static void fillBin(PerKeyRateLimiter<FickleKey, FakeLimiter> keys) {
    for (int id = 0; id <= FULL; id++) {
      assertThat(keys.forKey(new FickleKey(id)).tryAcquire()).isPresent();
    }
  }

  /**
   * The map of the JDK's has it in already when it begins to sort its keys; another has found it
   * there by then, and waits for it.
   */
  @Test
  void oneThatCameInAlthoughItsCompareToThrewHangsNobody() throws Exception {
    PerKeyRateLimiter<Meddler, FakeLimiter> keys = PerKeyRateLimiter.builder().build(this::make);
    List<Meddler> all = new ArrayList<>();
    List<Aside<Boolean>> others = new ArrayList<>();
    for (int i = 0; others.isEmpty(); i++) {
      int id = i;
      Meddler meddler = new Meddler(id);
      all.add(meddler);
      for (Meddler each : all) { // whichever is compared
        each.onCompareTo =
            () -> {
              all.forEach(one -> one.onCompareTo = () -> {});
              others.add(
                  Threads.aside(() -> keys.forKey(new Meddler(id)).tryAcquire().isPresent())
                      .blocks());
              throw new UnsupportedOperationException("compareTo");
            };
      }
      try {
        assertThat(keys.forKey(meddler).tryAcquire()).isPresent();
      } catch (UnsupportedOperationException e) {
        assertThat(others).hasSize(1);
      }
    }
    assertThat(others.get(0).result()).isTrue();
    assertThat(keys.forKey(all.get(all.size() - 1)).tryAcquire()).isPresent();
    assertThat(keys.size()).isEqualTo(all.size());
    assertThat(made).hasSameSizeAs(all);
  }

  @Test
  void anEqualsThatUsesTheKeyItselfMakesNoSecondLimiter() {
    PerKeyRateLimiter<Meddler, FakeLimiter> keys = PerKeyRateLimiter.builder().build(this::make);
    assertThat(keys.forKey(new Meddler(1)).tryAcquire()).isPresent();
    Meddler meddler = new Meddler(2);
    meddler.onEquals = () -> assertThat(keys.forKey(new Meddler(2)).tryAcquire()).isPresent();
    assertThat(keys.forKey(meddler).tryAcquire()).isPresent();
    assertThat(made).hasSize(2);
    assertThat(keys.size()).isEqualTo(2);
  }

  private PerKeyRateLimiter<FickleKey, FakeLimiter> bounded() {
    PerKeyRateLimiter<FickleKey, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .maxKeys(3)
            .build(
                key -> {
                  FakeLimiter limiter = FakeLimiter.busy();
                  made.add(limiter);
                  return limiter;
                });
    assertThat(keys.forKey(new FickleKey(1)).tryAcquire()).isPresent();
    return keys;
  }

  private static boolean tryQuietly(PerKeyRateLimiter<FickleKey, FakeLimiter> keys, FickleKey key) {
    try {
      assertThat(keys.forKey(key).tryAcquire()).isPresent();
      return false;
    } catch (UnsupportedOperationException e) {
      return true;
    }
  }

  /** Within two seconds. */
  private static <K> PerKeyRateLimiter<K, FakeLimiter> forgetting(
      ManualTime time, Function<K, FakeLimiter> factory) {
    return PerKeyRateLimiter.builder()
        .maxIdle(Duration.ofSeconds(1))
        .cleanupInterval(Duration.ofSeconds(1))
        .timeSource(time)
        .executor(time)
        .build(factory);
  }

  private FakeLimiter make(Object key) {
    FakeLimiter limiter = FakeLimiter.idle();
    made.add(limiter);
    return limiter;
  }
}
