package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.perkey.Threads.Aside;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code with}: a key's own limiter, for as long as the action lasts.
 *
 * <p>Promises: Per key 2.
 */
@Tag("unit")
@Timeout(60)
class OwnLimiterTest {
  private final ManualTime time = new ManualTime();
  private final PerKeyRateLimiter<String, FakeLimiter> keys =
      PerKeyRateLimiter.builder()
          .maxIdle(Duration.ofSeconds(1))
          .cleanupInterval(Duration.ofSeconds(1))
          .maxKeys(1)
          .timeSource(time)
          .executor(time)
          .build(key -> FakeLimiter.idle());

  @Test
  void theActionsValueComesOut() {
    String value = keys.with("a", limiter -> limiter.name());
    assertThat(value).isEqualTo("fake");
    Object nothing = keys.with("a", limiter -> null);
    assertThat(nothing).isNull();
  }

  @Test
  void whatTheActionThrowsComesOutAndTheKeyCanBeForgotten() {
    Error thrown = new AssertionError("of the action");
    assertThatThrownBy(
            () ->
                keys.with(
                    "a",
                    limiter -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    time.advance(Duration.ofSeconds(2));
    assertThat(keys.size()).isZero();
  }

  /** Neither for its time nor for want of room. */
  @Test
  void aKeyInUseIsNotForgottenHoweverIdleItsLimiter() throws Exception {
    CountDownLatch inUse = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Aside<FakeLimiter> user =
        Threads.aside(
            () ->
                keys.with(
                    "a",
                    limiter -> {
                      inUse.countDown();
                      try {
                        end.await();
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                      return limiter;
                    }));
    inUse.await();
    time.advance(Duration.ofHours(1));
    assertThat(keys.size()).isEqualTo(1);
    assertThat(keys.forKey("b").tryAcquire()).as("another, where one may be").isEmpty();
    FakeLimiter meanwhile = keys.with("a", limiter -> limiter);
    end.countDown();
    assertThat(user.result()).isSameAs(meanwhile);
    time.advance(Duration.ofSeconds(2));
    assertThat(keys.size()).isZero();
  }

  @Test
  void aBlockingCallKeepsItsKeyToo() throws Exception {
    CountDownLatch inUse = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Aside<String> user =
        Threads.aside(
            () ->
                keys.forKey("a")
                    .call(
                        () -> {
                          inUse.countDown();
                          end.await();
                          return "value";
                        }));
    inUse.await();
    time.advance(Duration.ofHours(1));
    assertThat(keys.size()).isEqualTo(1);
    end.countDown();
    assertThat(user.result()).isEqualTo("value");
    time.advance(Duration.ofSeconds(1));
    assertThat(keys.size()).isZero();
  }
}
