package io.asynctools.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.asynctools.testkit.Logged;
import io.asynctools.testkit.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Predicates, listeners and functions that throw are logged once and change nothing.
 *
 * <p>Promises: All 14.
 */
@Tag("unit")
class UserCodeThatThrowsTest {
  private final ManualTime time = new ManualTime();
  private final IOException error = new IOException("down");
  private final AssertionError thrown = new AssertionError("the user's");
  private final Logged log = new Logged();
  private final Retry.Builder builder =
      Retry.builder().name("payments").initialDelay(Duration.ZERO).timeSource(time).executor(time);
  private int attempts;

  @AfterEach
  void close() {
    log.close();
  }

  private void isLoggedOnceAfter(int expectedAttempts, String what) {
    Retry retry = builder.build();
    for (int call = 0; call < 3; call++) {
      attempts = 0;
      CompletableFuture<String> result =
          retry.execute(
              () -> {
                attempts++;
                return CompletableFuture.failedFuture(error);
              });
      time.advance(Duration.ofHours(1));
      assertThat(attempts).isEqualTo(expectedAttempts);
      assertThat(result.handle((value, failure) -> failure).join()).isSameAs(error);
    }
    assertThat(log.entries())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.message())
                  .isEqualTo(what + " of 'payments' threw; it is not logged again");
              assertThat(entry.thrown()).isNotNull();
            });
  }

  @Test
  void aPredicateOnErrorsThatThrowsSaysNo() {
    builder.retryIf(
        failure -> {
          throw thrown;
        });
    isLoggedOnceAfter(1, "retryIf");
  }

  @Test
  void aListenerThatThrowsIsNoReasonToStop() {
    builder.onRetry(
        (failure, next, delay) -> {
          throw thrown;
        });
    isLoggedOnceAfter(3, "onRetry");
  }

  @Test
  void aDelayFunctionThatThrowsLeavesTheDelay() {
    Told told = new Told();
    builder
        .onRetry(told)
        .initialDelay(Duration.ofSeconds(1))
        .delay(
            (failure, result, next, computed) -> {
              throw thrown;
            });
    isLoggedOnceAfter(3, "delay");
    assertThat(told.delays()).startsWith(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void aDelayFunctionThatGivesNullLeavesTheDelay() {
    Told told = new Told();
    builder
        .onRetry(told)
        .initialDelay(Duration.ofSeconds(1))
        .delay((failure, result, next, computed) -> null);
    isLoggedOnceAfter(3, "delay");
    assertThat(told.delays()).startsWith(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void aPredicateOnResultsThatThrowsSaysNo() {
    Retry retry =
        builder
            .retryIfResult(
                result -> {
                  throw thrown;
                })
            .build();
    for (int call = 0; call < 3; call++) {
      assertThat(retry.execute(() -> CompletableFuture.completedFuture("busy")))
          .isCompletedWithValue("busy");
    }
    assertThat(log.entries())
        .containsExactly(
            new Logged.Entry("retryIfResult of 'payments' threw; it is not logged again", thrown));
  }

  @Test
  void theBlockingFormMindsThemAsLittle() throws Exception {
    Retry retry =
        builder
            .onRetry(
                (failure, next, delay) -> {
                  throw thrown;
                })
            .build();
    String result =
        retry.call(
            () -> {
              if (++attempts < 3) {
                throw error;
              }
              return "up";
            });
    assertThat(result).isEqualTo("up");
    assertThat(log.entries()).hasSize(1);
  }
}
