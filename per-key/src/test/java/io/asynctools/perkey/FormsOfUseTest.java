package io.asynctools.perkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.asynctools.api.AsyncRateLimiter;
import io.asynctools.api.Permit;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** However a key is used: what it gives, what it refuses first, and that it lets the key go. */
@Tag("unit")
class FormsOfUseTest {
  private static final Duration MAX_IDLE = Duration.ofSeconds(1);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofDays(1);

  private final ManualTime time = new ManualTime();
  private final PerKeyRateLimiter<String, FakeLimiter> keys =
      PerKeyRateLimiter.builder()
          .maxIdle(MAX_IDLE)
          .cleanupInterval(INTERVAL)
          .timeSource(time)
          .executor(time)
          .build(key -> FakeLimiter.idle());

  private interface Use {
    Object of(AsyncRateLimiter view) throws InterruptedException;
  }

  private interface UseOf {
    Object of(AsyncRateLimiter view, long permits) throws InterruptedException;
  }

  private static CompletableFuture<String> call() {
    return CompletableFuture.completedFuture("value");
  }

  private static final List<UseOf> WITH_PERMITS =
      List.of(
          AsyncRateLimiter::tryAcquire,
          AsyncRateLimiter::acquire,
          (view, permits) -> view.acquire(permits, LONG),
          (view, permits) -> view.acquireBlocking(permits, LONG),
          (view, permits) -> view.execute(permits, FormsOfUseTest::call),
          (view, permits) -> view.call(permits, () -> "value"),
          AsyncRateLimiter::estimateWait);

  private static final List<Use> WITHOUT =
      List.of(
          AsyncRateLimiter::tryAcquire,
          AsyncRateLimiter::acquire,
          AsyncRateLimiter::acquireBlocking,
          view -> view.execute(FormsOfUseTest::call),
          view -> view.call(() -> "value"));

  @Test
  void lessThanOnePermitIsRefusedBeforeALimiterIsMade() {
    AsyncRateLimiter view = keys.forKey("tenant");
    for (UseOf use : WITH_PERMITS) {
      for (long permits : new long[] {0, -1, Long.MIN_VALUE}) {
        assertThatIllegalArgumentException().isThrownBy(() -> use.of(view, permits));
      }
    }
    assertThat(keys.size()).isZero();
  }

  @Test
  void noneKeepsTheKeyFromBeingForgotten() throws InterruptedException {
    AsyncRateLimiter view = keys.forKey("tenant");
    for (UseOf use : WITH_PERMITS) {
      use.of(view, 2);
      isForgotten();
    }
    for (Use use : WITHOUT) {
      use.of(view);
      isForgotten();
    }
  }

  private void isForgotten() {
    assertThat(keys.size()).isEqualTo(1);
    time.advance(MAX_IDLE.plus(INTERVAL));
    assertThat(keys.size()).isZero();
  }

  @Test
  void theBlockingFormsGiveWhatTheLimiterGives() throws InterruptedException {
    AsyncRateLimiter view = keys.forKey("tenant");
    assertThat(view.acquireBlocking()).isInstanceOf(Permit.class);
    assertThat(view.acquireBlocking(2, LONG)).isInstanceOf(Permit.class);
    assertThat(view.<String, RuntimeException>call(() -> "value")).isEqualTo("value");
    assertThat(view.<String, RuntimeException>call(2, () -> "value")).isEqualTo("value");
  }
}
