package io.asynctools.tokenbucket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.Rate;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.api.RejectedException.Reason;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a bucket answers is true in each of its states.
 *
 * <p>Promises: All 8.
 */
@Tag("unit")
class AnswersTest {
  private final ManualTime time = new ManualTime();

  private TokenBucketRateLimiter.Builder builder() {
    return TokenBucketRateLimiter.builder(Rate.perSecond(1))
        .capacity(4)
        .timeSource(time)
        .executor(Runnable::run);
  }

  @Test
  void theEstimateIsTheRetryAfterOfEachKindOfRejection() {
    TokenBucketRateLimiter bucket = builder().maxWaiters(1).build();
    bucket.tryAcquire(4);
    assertThat(rejection(bucket.acquire(2, Duration.ZERO), Reason.RATE))
        .isEqualTo(bucket.estimateWait(2))
        .isEqualTo(Duration.ofSeconds(2));

    bucket.acquire(3);

    assertThat(rejection(bucket.acquire(2), Reason.QUEUE_FULL))
        .isEqualTo(bucket.estimateWait(2))
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(rejection(bucket.acquire(2, Duration.ofSeconds(4)), Reason.RATE))
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aWaitThatEndsWithoutAGrantSaysWhenToComeBack() {
    TokenBucketRateLimiter bucket = builder().build();
    bucket.tryAcquire(4);
    bucket.acquire(2);
    CompletableFuture<Permit> impatient = bucket.acquire(1, Duration.ofSeconds(3));

    bucket.reconfigure(new Rate(1, Duration.ofSeconds(10)), 4);
    time.advance(Duration.ofSeconds(3));

    assertThat(rejection(impatient, Reason.RATE)).isEqualTo(Duration.ofSeconds(27));
  }

  @Test
  void aLoweredCapacityChangesEachAnswerAtOnce() {
    TokenBucketRateLimiter bucket = builder().build();
    assertThat(bucket.isIdle()).isTrue();

    bucket.reconfigure(Rate.perSecond(2), 3);

    assertThat(bucket.availableTokens()).isEqualTo(3);
    assertThat(bucket.isIdle()).isFalse();
    assertThat(bucket.estimateWait(3)).isZero();
    assertThatThrownBy(() -> bucket.estimateWait(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and 3");
    bucket.tryAcquire(3);
    assertThat(bucket.estimateWait(3)).isEqualTo(Duration.ofMillis(1_500));
  }

  @Test
  void aClosedBucketNeverGrants() {
    TokenBucketRateLimiter bucket = builder().build();
    bucket.acquire(4);
    bucket.acquire(2);

    bucket.close();

    assertThat(bucket.estimateWait(1)).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    assertThat(bucket.waiters()).isZero();
    time.advance(Duration.ofHours(1));
    assertThat(bucket.isIdle()).isFalse();
    assertThat(bucket.availableTokens()).isEqualTo(4);
  }

  @Test
  void itsStateIsOneLine() {
    TokenBucketRateLimiter bucket = builder().name("payments").build();
    bucket.tryAcquire(3);
    bucket.acquire(4);
    assertThat(bucket)
        .hasToString(
            "TokenBucketRateLimiter[name=payments, rate=1/s, capacity=4, availableTokens=1,"
                + " waiters=1, closed=false]");

    bucket.close();

    assertThat(bucket.toString()).contains("waiters=0, closed=true]");
  }

  @Test
  void aQueueOfHoursIsLoggedOnceWithTheOptionThatBoundsIt() {
    try (Logged log = new Logged()) {
      TokenBucketRateLimiter bucket = builder().name("mail").executor(task -> {}).build();
      bucket.reconfigure(Rate.parse("1/m"), 1);
      for (int i = 0; i < 10_000; i++) {
        bucket.acquire();
      }

      assertThat(log.entries())
          .singleElement()
          .extracting(Logged.Entry::message)
          .asString()
          .contains("'mail'", "PT2M", "maxWait", "'max-wait'");
    }
  }

  @Test
  void aQueueWhoseWaitsAreBoundedIsNotLogged() {
    try (Logged log = new Logged()) {
      TokenBucketRateLimiter bucket = builder().maxWait(Duration.ofHours(1)).build();
      bucket.tryAcquire(4);
      for (int i = 0; i < 1_000; i++) {
        bucket.acquire();
      }

      assertThat(log.entries()).isEmpty();
    }
  }

  private static Duration rejection(CompletableFuture<Permit> future, Reason reason) {
    assertThat(future).isCompletedExceptionally();
    try {
      future.join();
      throw new AssertionError();
    } catch (CompletionException e) {
      RateLimitExceededException rejection = (RateLimitExceededException) e.getCause();
      assertThat(rejection.reason()).isEqualTo(reason);
      return rejection.retryAfter().orElseThrow();
    }
  }
}
