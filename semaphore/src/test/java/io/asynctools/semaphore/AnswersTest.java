package io.asynctools.semaphore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.asynctools.api.Permit;
import io.asynctools.api.RateLimitExceededException;
import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a semaphore answers is true in each of its states.
 *
 * <p>Promises: All 8, Semaphore 1.
 */
@Tag("unit")
class AnswersTest {
  private final ManualTime time = new ManualTime();

  private SemaphoreRateLimiter.Builder builder(int maxConcurrent) {
    return SemaphoreRateLimiter.builder(maxConcurrent).timeSource(time).executor(Runnable::run);
  }

  @Test
  void aFullSemaphoreSaysNoTimeThatItDoesNotKnow() {
    SemaphoreRateLimiter semaphore = builder(1).maxWaiters(0).build();
    semaphore.tryAcquire();

    assertThat(semaphore.estimateWait(1)).isZero();
    assertThatThrownBy(() -> semaphore.acquire().join())
        .cause()
        .isInstanceOfSatisfying(
            RateLimitExceededException.class,
            rejection -> {
              assertThat(rejection.retryAfter()).isEmpty();
              assertThat(rejection.retryAfterSeconds()).isEmpty();
            });
  }

  @Test
  void aClosedSemaphoreNeverGrantsButCountsWhatComesBack() {
    SemaphoreRateLimiter semaphore = builder(2).build();
    Permit held = semaphore.tryAcquire().orElseThrow();

    semaphore.close();
    held.release();

    assertThat(semaphore.estimateWait(1)).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    assertThat(semaphore.availablePermits()).isEqualTo(2);
    assertThat(semaphore.tryAcquire()).isEmpty();
    assertThat(semaphore.isIdle()).isFalse();
  }

  @Test
  void aLoweredLimitChangesEachAnswerAtOnce() {
    SemaphoreRateLimiter semaphore = builder(3).build();
    semaphore.tryAcquire(2);

    semaphore.resize(1);

    assertThat(semaphore.availablePermits()).isZero();
    assertThat(semaphore.isIdle()).isFalse();
    assertThatThrownBy(() -> semaphore.estimateWait(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and 1");
  }

  @Test
  void itsStateIsOneLine() {
    SemaphoreRateLimiter semaphore = builder(3).name("files").build();
    semaphore.tryAcquire(2);
    semaphore.acquire(3);
    assertThat(semaphore)
        .hasToString(
            "SemaphoreRateLimiter[name=files, maxConcurrent=3, availablePermits=1, waiters=1,"
                + " closed=false]");

    semaphore.close();

    assertThat(semaphore.toString()).contains("waiters=0, closed=true]");
  }

  @Test
  void aQueueThatStandsStillForAMinuteIsLoggedOnce() {
    try (Logged log = new Logged()) {
      SemaphoreRateLimiter semaphore = builder(1).name("files").build();
      semaphore.tryAcquire();
      semaphore.acquire();
      time.advance(Duration.ofMinutes(2));

      for (int i = 0; i < 20; i++) {
        semaphore.acquire();
      }

      assertThat(log.entries())
          .singleElement()
          .extracting(Logged.Entry::message)
          .asString()
          .contains("'files'", "PT2M", "maxWait", "'max-wait'");
    }
  }

  @Test
  void optionsThatExcludeEachOtherAreRejected() {
    assertThatThrownBy(() -> builder(1).maxWait(Duration.ofSeconds(1)).maxWaiters(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxWait (PT1S) has no effect beside maxWaiters 0");
    assertThat(builder(1).maxWaiters(0).build().name()).isEqualTo("semaphore");
    assertThat(builder(1).maxWait(Duration.ZERO).maxWaiters(5).build().waiters()).isZero();
  }
}
