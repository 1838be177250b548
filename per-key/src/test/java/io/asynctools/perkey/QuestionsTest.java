package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Rate;
import io.asynctools.perkey.Threads.Aside;
import io.asynctools.testkit.ManualTime;
import io.asynctools.tokenbucket.TokenBucketRateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a view and the limiter of all keys say of themselves, in every state.
 *
 * <p>Promises: Per key 4, All 12.
 */
@Tag("unit")
@Timeout(60)
class QuestionsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualTime time = new ManualTime();
  private final AtomicInteger factoryRuns = new AtomicInteger();

  private PerKeyRateLimiter<String, TokenBucketRateLimiter> buckets() {
    return PerKeyRateLimiter.builder()
        .name("tenants")
        .maxIdle(SECOND)
        .cleanupInterval(SECOND)
        .maxKeys(1)
        .timeSource(time)
        .executor(time)
        .build(
            key -> {
              factoryRuns.incrementAndGet();
              return TokenBucketRateLimiter.builder(Rate.perSecond(1))
                  .capacity(2)
                  .initialTokens(key.equals("starts empty") ? 0 : 2)
                  .timeSource(time)
                  .executor(time)
                  .build();
            });
  }

  // ---- toString

  /** It was PerKeyRateLimiter@51521cc1. */
  @Test
  void theLimiterOfAllKeysSaysItsNameItsSizeAndItsBounds() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = buckets();
    assertThat(keys.forKey("a").tryAcquire()).isPresent();
    assertThat(keys)
        .hasToString(
            "PerKeyRateLimiter[name=tenants, keys=1, maxKeys=1, maxIdle=PT1S, closed=false]");
    keys.close();
    assertThat(keys)
        .hasToString(
            "PerKeyRateLimiter[name=tenants, keys=0, maxKeys=1, maxIdle=PT1S, closed=true]");
    assertThat(PerKeyRateLimiter.builder().keepIdleKeys().build(key -> FakeLimiter.idle()))
        .hasToString(
            "PerKeyRateLimiter[name=per-key, keys=0, maxKeys=unbounded, maxIdle=unbounded,"
                + " closed=false]");
  }

  /** It showed the machinery inside, and nothing of the limiter. */
  @Test
  void aViewSaysItsKeyAndWhatItsLimiterSaysAndMakesNone() {
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .name("tenants")
            .maxKeys(1)
            .build(
                key ->
                    new FakeLimiter(() -> false) {
                      @Override
                      public String toString() {
                        return "Fake[\n]";
                      }
                    });
    AsyncRateLimiter view = keys.forKey("acme\n");
    assertThat(view).hasToString("KeyView[name=tenants, key=acme\\u000a, limiter=none]");
    assertThat(keys.size()).isZero();
    assertThat(view.tryAcquire()).isPresent();
    assertThat(view).hasToString("KeyView[name=tenants, key=acme\\u000a, limiter=Fake[\\u000a]]");
    keys.remove("acme\n");
    assertThat(view).hasToString("KeyView[name=tenants, key=acme\\u000a, limiter=none]");
    keys.close();
    assertThat(view).hasToString("KeyView[name=tenants, key=acme\\u000a, limiter=closed]");
  }

  /** A log line about a key must not fail for the key's sake. */
  @Test
  void aKeyOrALimiterThatThrowsIsNamedByItsClass() {
    PerKeyRateLimiter<Object, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .build(
                key ->
                    new FakeLimiter(() -> false) {
                      @Override
                      public String toString() {
                        throw new IllegalStateException("of the limiter");
                      }
                    });
    Object key =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("of the key");
          }
        };
    AsyncRateLimiter view = keys.forKey(key);
    assertThat(view.tryAcquire()).isPresent();
    assertThat(view.toString()).contains("key=io.asynctools.perkey.QuestionsTest$");
    FickleKey fickle = new FickleKey(1);
    AsyncRateLimiter other = keys.forKey(fickle);
    assertThat(keys.forKey(new FickleKey(1)).tryAcquire()).isPresent();
    fickle.throwFrom(1);
    assertThat(other.toString()).endsWith("limiter=unknown]");
  }

  @Test
  void neitherStringWaitsForAFactory() throws Exception {
    CountDownLatch making = new CountDownLatch(1);
    CountDownLatch mayMake = new CountDownLatch(1);
    PerKeyRateLimiter<String, FakeLimiter> keys =
        PerKeyRateLimiter.builder()
            .build(
                key -> {
                  making.countDown();
                  try {
                    mayMake.await();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                  return FakeLimiter.busy();
                });
    Aside<Optional<?>> user = Threads.aside(() -> keys.forKey("a").tryAcquire());
    making.await();
    assertThat(keys.toString()).contains("keys=1");
    assertThat(keys.forKey("a").toString()).contains("limiter=none");
    assertThat(keys.forKey("a").isIdle()).isTrue();
    mayMake.countDown();
    assertThat(user.result()).isPresent();
  }

  @Test
  void viewsOfOneKeyAreEqual() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = buckets();
    assertThat(keys.forKey("a")).isEqualTo(keys.forKey("a")).hasSameHashCodeAs(keys.forKey("a"));
    assertThat(keys.forKey("a")).isNotEqualTo(keys.forKey("b")).isNotEqualTo("a");
    assertThat(keys.forKey("a")).isNotEqualTo(buckets().forKey("a"));
  }

  // ---- isIdle

  @Test
  void aViewIsIdleUnlessItsLimiterIsNotOrAllIsClosed() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = buckets();
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.isIdle()).as("never used").isTrue();
    assertThat(factoryRuns).hasValue(0);
    assertThat(view.tryAcquire()).isPresent();
    assertThat(view.isIdle()).as("a token is spent").isFalse();
    assertThat(keys.forKey("too many").isIdle()).isTrue();
    time.advance(SECOND);
    assertThat(view.isIdle()).as("full again").isTrue();
    time.advance(SECOND.multipliedBy(2));
    assertThat(keys.size()).isZero();
    assertThat(view.isIdle()).as("evicted").isTrue();
    assertThat(view.tryAcquire()).isPresent();
    keys.remove("a");
    assertThat(view.isIdle()).as("removed").isTrue();
    keys.close();
    assertThat(view.isIdle()).as("closed").isFalse();
  }

  // ---- estimateWait

  /** Only its limiter knows: a zero in its place would not be true. */
  @Test
  void theWaitOfAKeyThatWasNeverUsedIsThatOfItsLimiter() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = buckets();
    assertThat(keys.forKey("starts empty").estimateWait(2)).isEqualTo(SECOND.multipliedBy(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keys.forKey("starts empty").estimateWait(3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keys.forKey("starts empty").estimateWait(0));
  }

  @Test
  void theWaitFollowsTheLimiterThroughEvictionRemovalAndClose() {
    PerKeyRateLimiter<String, TokenBucketRateLimiter> keys = buckets();
    AsyncRateLimiter view = keys.forKey("a");
    assertThat(view.tryAcquire(2)).isPresent();
    assertThat(view.estimateWait(1)).isEqualTo(SECOND);
    assertThat(keys.forKey("too many").estimateWait(1)).as("nothing is known of it").isZero();
    keys.remove("a");
    assertThat(view.estimateWait(2)).as("a full bucket").isZero();
    assertThat(view.tryAcquire(2)).isPresent();
    time.advance(SECOND.multipliedBy(4));
    assertThat(keys.size()).isZero();
    assertThat(view.estimateWait(2)).as("evicted once it was full").isZero();
    keys.close();
    assertThat(view.estimateWait(1)).isZero();
  }
}
